"""`make entry-nginx`: the site of an nginx of the user's in front of Coder, out of the stack's settings."""

__all__ = ["register"]

import sys
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit

import typer

from core.errors import UsageError
from core.kubernetes_names import is_subdomain
from lab.commands.options import STACK_HELP, lab_instance
from lab.deploy.stack_file import load_stack_file
from lab.deploy.target import lab_target
from lab.nginx_site import NginxSite
from settings import engine_texts, load_settings

_HELP: Final = """Print the site of an nginx of yours in front of a stack's Coder, made of its settings.

Example: make entry-nginx HOST=coder.example.com CERTIFICATE=/etc/ssl/coder.pem KEY=/etc/ssl/coder.key
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("entry-nginx", help=_HELP)(entry_nginx)


def entry_nginx(
    stack: Annotated[str, typer.Option("--stack", "-s", help=STACK_HELP)],
    certificate: Annotated[Path, typer.Option("--certificate", help="The certificate of host and wildcard, as PEM.")],
    key: Annotated[Path, typer.Option("--key", help="Its key, as PEM.")],
    host: Annotated[str, typer.Option("--host", help="The host name, if the stack has none.")] = "",
    upstream: Annotated[str, typer.Option("--upstream", help="Coder as nginx reaches it; the lab's by itself.")] = "",
) -> None:
    """Print the site, and nothing beside it."""
    stack_file = load_stack_file(stack)
    if stack_file.cluster == "lab":
        instance = lab_instance()
        entry, upstream = lab_target(stack_file, instance).settings().entry, upstream or instance.coder_url
    else:
        entry = load_settings(stack, engine_texts(stack_file.config)).entry
    if not upstream:
        raise UsageError(
            f"Nothing says where nginx reaches the Coder of stack '{stack}': name it in UPSTREAM.",
            next_command=f"make entry-nginx STACK={stack} UPSTREAM=http://10.0.0.7:30080 CERTIFICATE=... KEY=...",
        )
    for name, path in (("CERTIFICATE", certificate), ("KEY", key)):
        if not path.is_absolute():
            raise UsageError(
                f"{name} is '{path}'; the absolute path of a PEM file is expected, as nginx reads it.",
                next_command=f"make entry-nginx STACK={stack} CERTIFICATE=/etc/ssl/coder.pem KEY=/etc/ssl/coder.key",
            )
    known = urlsplit(entry.coder_access_url).hostname or ""
    if not (host or is_subdomain(known)) or (host or known).rpartition(".")[2].isdecimal():
        raise UsageError(
            f"The stack '{stack}' has no host name but {known}, which gets no certificate: set HOST.",
            next_command=f"make entry-nginx STACK={stack} HOST=coder.example.com CERTIFICATE=... KEY=...",
        )
    site = NginxSite(
        host=host or known,
        # Coder answers for the names below its own host alone.
        wildcard=entry.coder_wildcard_access_url if host in ("", known) else "",
        upstream=upstream,
        certificate=certificate,
        key=key,
        idle_seconds=entry.coder_entry_idle_seconds,
    )
    sys.stdout.write(site.text())
