"""When a stack may be deployed, as a pure function of the time."""

__all__ = ["WindowVerdict", "check_window"]

import datetime as dt
from dataclasses import dataclass

from core.business_hours import BusinessHours


@dataclass(frozen=True)
class WindowVerdict:
    """Whether to deploy now, and the sentence that says why."""

    is_open: bool
    sentence: str


def check_window(hours: BusinessHours | None, now: dt.datetime, *, override: str = "") -> WindowVerdict:
    """Judge a moment (a time with a zone).

    `hours` is None for a stack that may be deployed at any time; `override` is the reason to go on all the same.
    """
    if hours is None:
        return WindowVerdict(is_open=True, sentence="This stack may be deployed at any time.")
    if not hours.cover(now):
        return WindowVerdict(is_open=True, sentence=f"It is outside business hours ({hours.clock(now)}).")
    until = hours.clock(hours.end_after(now))
    reason = "".join(sign for sign in override if sign.isprintable()).strip()
    if reason:
        return WindowVerdict(
            is_open=True, sentence=f"It is within business hours (until {until}), overridden with the reason: {reason}"
        )
    return WindowVerdict(is_open=False, sentence=f"It is within business hours, which end at {until}.")
