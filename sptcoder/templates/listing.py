"""The templates of a server, and those of this program that it does not have."""

__all__ = ["TemplateRow", "list_templates", "missing_templates", "template_lines"]

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, TextIO

from sptcoder.api.client import CoderClient
from sptcoder.cli.duration import format_duration
from sptcoder.cli.table import Cell, table_lines
from sptcoder.templates.bundled import bundled_templates

_HEADINGS: Final = ("TEMPLATE", "VERSION", "USERS", "STOPS AFTER", "DESCRIPTION")


@dataclass(frozen=True)
class TemplateRow:
    """A template in short; `users` is how many use it now, None while the server counts."""

    name: str
    version: str
    users: int | None
    stops_after_seconds: int
    """Time without use after which its workspaces stop; 0 for never."""
    description: str
    deprecated: bool

    def as_json(self) -> dict[str, Any]:
        """Return it as `--json` shows it."""
        return dict(vars(self))


def list_templates(client: CoderClient) -> tuple[TemplateRow, ...]:
    """Return every template the user may see, by name."""
    return tuple(
        TemplateRow(
            name=template.name,
            version=client.template_versions.get(template.active_version_id).name,
            users=None if template.active_user_count < 0 else template.active_user_count,
            stops_after_seconds=template.default_ttl_ms // 1000,
            description=template.description,
            deprecated=template.deprecated,
        )
        for template in sorted(client.templates.list(), key=lambda one: one.name)
    )


def missing_templates(rows: Sequence[TemplateRow]) -> tuple[str, ...]:
    """Return the names of this program's templates that are not on the server."""
    there = {row.name for row in rows}
    return tuple(template.name for template in bundled_templates() if template.name not in there)


def template_lines(rows: Sequence[TemplateRow], stream: TextIO) -> list[str]:
    """Return the lines of a table."""
    return table_lines(_HEADINGS, [_row(row) for row in rows], stream)


def _row(row: TemplateRow) -> tuple[str | Cell, ...]:
    stops = format_duration(timedelta(seconds=row.stops_after_seconds)) if row.stops_after_seconds else "never"
    users = "" if row.users is None else str(row.users)
    return (row.name, row.version, users, stops, Cell("deprecated", "red") if row.deprecated else row.description)
