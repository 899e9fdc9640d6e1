"""Whether a stack may be maintained now: deployed, collected, tried out. A pure function of the time."""

__all__ = ["OVERRIDE", "WindowVerdict", "check_window", "plain_reason"]

import datetime as dt
from dataclasses import dataclass
from typing import Final

from core.business_hours import BusinessHours

OVERRIDE: Final = "OVERRIDE"
"""What an override is called everywhere: a variable of make, of programs and of jobs, whose value is the reason."""


@dataclass(frozen=True)
class WindowVerdict:
    """Whether to go on now, and the sentence that says why; `override` is the reason, where it needed one."""

    is_open: bool
    sentence: str
    override: str = ""


def check_window(hours: BusinessHours | None, now: dt.datetime, *, override: str = "") -> WindowVerdict:
    """Judge a moment (a time with a zone).

    `hours` is None for a stack that may be maintained at any time; `override` is the reason to go on all the same.
    """
    if hours is None:
        return WindowVerdict(is_open=True, sentence="This stack may be maintained at any time.")
    if not hours.cover(now):
        return WindowVerdict(is_open=True, sentence=f"It is outside business hours ({hours.clock(now)}).")
    until = hours.clock(hours.end_after(now))
    if reason := plain_reason(override):
        sentence = f"It is within business hours (until {until}), overridden with the reason: {reason}"
        return WindowVerdict(is_open=True, sentence=sentence, override=reason)
    return WindowVerdict(is_open=False, sentence=f"It is within business hours, which end at {until}.")


def plain_reason(text: str) -> str:
    """Return the reason as one line that cannot be taken for anything else by whoever shows it; empty for none."""
    return "".join(sign for sign in " ".join(text.split()) if sign.isprintable())
