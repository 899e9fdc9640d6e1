"""Options that several commands have, with the same name and the same words everywhere."""

__all__ = ["ContextOption", "JsonOption", "WorkspaceArgument", "YesOption"]

from typing import Annotated

import typer

ContextOption = Annotated[
    str | None,
    typer.Option("--context", metavar="NAME", help="The server to use; see 'sptcoder context list'."),
]

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]

YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]

WorkspaceArgument = Annotated[
    str, typer.Argument(metavar="WORKSPACE", help="Name of the workspace; owner/name for somebody else's.")
]
