"""`make token`: a session token for the Coder of the running lab, on standard output and nothing beside it."""

__all__ = ["register"]

import secrets
import sys
from datetime import timedelta
from typing import Final

import typer

from lab.commands.options import lab_instance
from lab.demo.access import coder_access, owner_session
from lab.deploy.engine import scrub_environment
from lab.toolchain import Toolchain, toolchain_bin
from sptcoder.api import CoderClient

_PURPOSE: Final = "make token"
_LIFETIME: Final = timedelta(days=7)
_HELP: Final = """Print a session token for the lab's Coder: its owner's, for a week.

Example: make token | sptcoder init --url http://10.98.0.80 --token-stdin
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("token", help=_HELP)(token)


def token() -> None:
    """Make the token; the session that makes it ends at once."""
    instance = lab_instance()
    toolchain = Toolchain(bin=toolchain_bin(), images=toolchain_bin().parent / "images")
    scrub_environment()
    access = coder_access(instance, toolchain, purpose=_PURPOSE)
    with owner_session(access) as session, CoderClient(access.url, session.get_secret_value()) as client:
        made = client.tokens.create("me", name=f"make-token-{secrets.token_hex(4)}", lifetime=_LIFETIME)
    if sys.stdout.isatty():
        typer.echo(f"For {access.url}, valid for {_LIFETIME.days} days:", err=True)
    sys.stdout.write(f"{made}\n")
