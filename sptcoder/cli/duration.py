"""Lengths of time as people type and read them: `30m`, `8h`, `1h30m`."""

__all__ = ["format_duration", "parse_duration"]

import re
from datetime import timedelta
from typing import Final

from core.errors import UsageError

_FORM: Final = re.compile(r"(?:(\d{1,5})d)?(?:(\d{1,5})h)?(?:(\d{1,5})m)?", re.ASCII)
_EXAMPLES: Final = "30m, 8h or 1h30m"
_HOUR: Final = 60
_DAY: Final = 24 * _HOUR


def parse_duration(text: str, *, what: str, least: timedelta, most: timedelta) -> timedelta:
    """Return the length of time; raise UsageError, which names `what`, for anything else and outside the bounds."""
    found = _FORM.fullmatch(text.strip().lower())
    if found is None or not any(found.groups()):
        raise UsageError(f"{what} '{text}' is no length of time; expected is something like {_EXAMPLES}.")
    days, hours, minutes = (int(part or 0) for part in found.groups())
    duration = timedelta(days=days, hours=hours, minutes=minutes)
    if not least <= duration <= most:
        raise UsageError(
            f"{what} is {text}; allowed are {format_duration(least)} to {format_duration(most)}.",
        )
    return duration


def format_duration(duration: timedelta) -> str:
    """Return whole minutes in at most two units, as `parse_duration` reads them: `1h30m`, `2d4h`, `0m`.

    Longer than a day, minutes are left out; what is negative is `0m`.
    """
    minutes = max(0, int(duration.total_seconds()) // 60)
    days, hours, rest = minutes // _DAY, minutes % _DAY // _HOUR, minutes % _HOUR
    if days:
        return f"{days}d{hours}h" if hours else f"{days}d"
    if hours:
        return f"{hours}h{rest}m" if rest else f"{hours}h"
    return f"{rest}m"
