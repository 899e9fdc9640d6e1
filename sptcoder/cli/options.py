"""Options that several commands have, with the same name and the same words everywhere."""

__all__ = ["ContextOption", "JsonOption", "ParametersOption", "WaitOption", "WorkspaceArgument", "YesOption"]

from typing import Annotated

import typer

ContextOption = Annotated[
    str | None,
    typer.Option("--context", metavar="NAME", help="The server to use; see 'sptcoder context list'."),
]

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]

ParametersOption = Annotated[
    list[str] | None,
    typer.Option("--param", metavar="NAME=VALUE", help="A parameter of the template; can be given again."),
]
"""Read by `sptcoder.cli.assignment.parse_assignments`."""

WaitOption = Annotated[bool, typer.Option("--wait/--no-wait", help="Wait until it is done, or only ask for it.")]

YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]

WorkspaceArgument = Annotated[
    str, typer.Argument(metavar="WORKSPACE", help="Name of the workspace; owner/name for somebody else's.")
]
