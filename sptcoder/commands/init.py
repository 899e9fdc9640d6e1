"""`sptcoder init`: sign in to a server, and keep its address and a session token."""

__all__ = ["register"]

from typing import Annotated

import typer

from sptcoder.cli.options import JsonOption
from sptcoder.cli.terminal import is_interactive, say

_HELP = "Sign in to a Coder server and keep address and token, readable by you alone."
_EPILOG = """\b
Examples:
  sptcoder init                                         asks for address and token
  sptcoder init --url https://coder.example.com         asks for the token
  echo "$TOKEN" | sptcoder init --url https://coder.example.com --token-stdin

A token is made at https://coder.example.com/cli-auth; 'sptcoder init' prints the link. Each server is a context
of its own: 'sptcoder context list'. In a pipeline, CODER_URL and CODER_SESSION_TOKEN do without init.
"""

UrlOption = Annotated[str | None, typer.Option("--url", metavar="URL", help="Address of the Coder server.")]
StdinOption = Annotated[bool, typer.Option("--token-stdin", help="Read the session token from stdin.")]
NameOption = Annotated[
    str | None, typer.Option("--context", metavar="NAME", help="Name to keep the server under; default: its host.")
]
HostOption = Annotated[
    str | None, typer.Option("--git-host", metavar="HOST", help="Host of repositories named owner/repo [github.com].")
]
ChecksOption = Annotated[bool, typer.Option("--checks/--no-checks", help="Run doctor's checks afterwards.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("init", help=_HELP, epilog=_EPILOG)(init)


def init(
    *,
    url: UrlOption = None,
    token_stdin: StdinOption = False,
    context: NameOption = None,
    git_host: HostOption = None,
    checks: ChecksOption = True,
    as_json: JsonOption = False,
) -> None:
    """Ask for what is missing, check it, save it."""
    if is_interactive():
        say("Signing in to a Coder server.", "dim")
    from sptcoder.session.registration import Wanted, register_server

    wanted = Wanted(url=url, token_from_stdin=token_stdin, name=context, git_host=git_host)
    register_server(wanted, checks=checks, as_json=as_json)
