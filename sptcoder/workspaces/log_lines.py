"""Which lines of a build and of a start script people want to see."""

__all__ = ["CloneRefusal", "build_line", "clone_refusal", "is_quota", "script_warning"]

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sptcoder.api.models.job import JobLog

_UNSHOWN_LEVELS: Final = frozenset({"debug", "trace"})
_CHATTER: Final = re.compile(
    r"terraform environment variable: |^\S+: (Refreshing|Refresh complete|Reading|Read complete|Plan to )"
    r"|^Outputs: |^Terraform \d"
)
"""What Terraform says of every build, whatever is in it."""

_WARNING: Final = re.compile(r"^ {3}warning: (?P<text>.*)$")
"""How the start script of our templates begins a warning (`warn` in its report part)."""

_REFUSED: Final = re.compile(r"^(?P<url>\S+) (cannot be read\.|could not be cloned;)")
_QUOTA: Final = re.compile(r"exceeded quota|insufficient quota|quota exceeded|quota reached", re.IGNORECASE)


@dataclass(frozen=True)
class CloneRefusal:
    """A repository that the start script could not clone, and what it said of it."""

    url: str
    text: str


def build_line(line: JobLog) -> str | None:
    """Return what to show of a line of a build, None for nothing."""
    text = line.output.strip()
    if not text or line.log_level in _UNSHOWN_LEVELS or _CHATTER.search(text):
        return None
    return text


def script_warning(output: str) -> str | None:
    """Return the words of a warning in a line of the start script, None if it is none."""
    found = _WARNING.match(output)
    return found["text"] if found else None


def clone_refusal(warnings: Iterable[str]) -> CloneRefusal | None:
    """Return the first repository that could not be cloned, as the start script's warnings tell it."""
    for warning in warnings:
        found = _REFUSED.match(warning)
        if found:
            return CloneRefusal(found["url"], warning)
    return None


def is_quota(lines: Iterable[str]) -> bool:
    """Say whether lines of a failed build tell of a quota: the cluster's, or Coder's own."""
    return any(_QUOTA.search(line) for line in lines)
