"""Workspaces as a table for people."""

__all__ = ["ago", "coming_end", "workspace_lines"]

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, TextIO

from sptcoder.cli.duration import format_duration
from sptcoder.cli.table import Cell, table_lines
from sptcoder.workspaces.badge import UPDATE_BADGE
from sptcoder.workspaces.state import RUNNING
from sptcoder.workspaces.summary import WorkspaceSummary

_HEADINGS: Final = ("WORKSPACE", "STATE", "TEMPLATE", "LAST USED", "END", "UPDATE")
_STYLES: Final = {RUNNING: "green", "stopped": "dim"}
_BAD: Final = ("failed", "agent lost", "start script failed")


def workspace_lines(
    summaries: Sequence[WorkspaceSummary], *, with_owner: bool, now: datetime, stream: TextIO
) -> list[str]:
    """Return the lines of the table; `with_owner` shows `owner/name`."""
    return table_lines(_HEADINGS, [_row(one, with_owner=with_owner, now=now) for one in summaries], stream)


def coming_end(summary: WorkspaceSummary, now: datetime) -> str:
    """Return when the workspace stops by itself, or is deleted, whichever is first: `stops in 1h52m`; or nothing."""
    ends = [("stops", summary.stops_at), ("deleted", summary.deleted_at)]
    coming = [(moment, word) for word, moment in ends if moment is not None]
    if not coming:
        return ""
    moment, word = min(coming)
    return f"{word} in {format_duration(moment - now)}"


def ago(moment: datetime | None, now: datetime) -> str:
    """Return how long ago something was: `7m ago`, `now` within the last minute, nothing if it never was."""
    if moment is None:
        return ""
    return f"{format_duration(now - moment)} ago" if now - moment >= timedelta(minutes=1) else "now"


def _row(summary: WorkspaceSummary, *, with_owner: bool, now: datetime) -> tuple[str | Cell, ...]:
    style = "red" if summary.state.startswith(_BAD) else _STYLES.get(summary.state, "")
    return (
        f"{summary.owner}/{summary.name}" if with_owner else summary.name,
        Cell(summary.state, style),
        summary.template,
        ago(summary.last_used_at, now),
        coming_end(summary, now),
        Cell(UPDATE_BADGE, "yellow") if summary.update_available else "",
    )
