"""`make ci-login`: the state backend, and for Pulumi Cloud a token of the job instead of a stored one."""

__all__ = ["register"]

import os
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from ci.identity_token import identity_token
from core.command import Command
from core.errors import CommandFailedError, SptFlowError, UsageError

_HELP = """Log Pulumi in to PULUMI_BACKEND_URL; with PULUMI_OIDC_ORG by the job's identity token (Pulumi Cloud).

Example: make ci-login PULUMI_BACKEND_URL=https://api.pulumi.com PULUMI_OIDC_ORG=example
"""
_EXPIRATION = "2h"


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("login", help=_HELP)(login)


def login(
    backend: Annotated[
        str,
        typer.Option("--backend", envvar="PULUMI_BACKEND_URL", help="Where the state is, as `pulumi login` takes it."),
    ],
    organization: Annotated[
        str, typer.Option("--organization", envvar="PULUMI_OIDC_ORG", help="Organisation in Pulumi Cloud, or nothing.")
    ] = "",
) -> None:
    """Log in."""
    if not backend:
        raise UsageError(
            "PULUMI_BACKEND_URL is empty: it is a variable of the environment in GitHub.",
            next_command="read docs/ci.md",
        )
    arguments = ["login", backend, "--non-interactive"]
    # A backend that is already in the environment is one the CLI refuses to be logged in to.
    pulumi = Command("env", env={"PULUMI_SKIP_UPDATE_CHECK": "true"})
    if not organization:
        _run(pulumi, arguments)
        return
    token = identity_token(f"urn:pulumi:org:{organization}")
    descriptor, name = tempfile.mkstemp(prefix="spt-flow-token-")  # 0600; never as an argument
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(token.text)
        oidc = ["--oidc-token", f"file://{name}", "--oidc-org", organization, "--oidc-expiration", _EXPIRATION]
        _run(pulumi, [*arguments, *oidc])
    finally:
        Path(name).unlink(missing_ok=True)


def _run(pulumi: Command, arguments: list[str]) -> None:
    try:
        done = pulumi.run("--unset=PULUMI_BACKEND_URL", "pulumi", *arguments)
    except CommandFailedError as error:
        raise SptFlowError(f"Pulumi could not log in: {' '.join(error.stderr.split())[:500]}") from None
    typer.echo(" ".join(done.stdout.split()))
