"""`sptcoder extend`."""

__all__ = ["register"]

from typing import Annotated

import typer

from sptcoder.cli.options import ContextOption, JsonOption, WorkspaceArgument

_HELP = """Keep a running workspace from stopping by itself for so long from now, used or not: 30m to 24h.

Without a duration it is 8h. A workspace that runs for longer than that already is left alone. Workspaces of pipelines
(up --ttl) have a fixed end.
"""
_EXAMPLES = """\b
Examples:
  sptcoder extend shop
  sptcoder extend shop 24h
  sptcoder extend shop 1h30m
"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("extend", help=_HELP, epilog=_EXAMPLES)(extend_command)


def extend_command(
    name: WorkspaceArgument,
    duration: Annotated[str, typer.Argument(metavar="DURATION", help="Such as 30m, 8h or 1h30m.")] = "8h",
    context: ContextOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Move the end of a running workspace."""
    from datetime import UTC, datetime

    from sptcoder.cli.duration import parse_duration
    from sptcoder.session import open_session
    from sptcoder.workspaces.deadline import LONGEST_EXTENSION, SHORTEST_EXTENSION, extend_workspace
    from sptcoder.workspaces.lookup import find_workspace
    from sptcoder.workspaces.report import report

    length = parse_duration(duration, what="The duration", least=SHORTEST_EXTENSION, most=LONGEST_EXTENSION)
    with open_session(context) as session:
        workspace = find_workspace(session.client, name)
        done = extend_workspace(session.client, workspace, length, now=datetime.now(tz=UTC))
        if done.stops_at is None:
            sentence = f"'{name}' does not stop by itself: it runs until you stop it."
        else:
            until = f"{done.stops_at.astimezone():%Y-%m-%d %H:%M %Z}"
            sentence = f"'{name}' runs until {until}{'' if done.changed else ' already'}, used or not."
        report(session, workspace, sentence, words=name, changed=done.changed, as_json=as_json)
