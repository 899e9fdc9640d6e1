"""What jobs that keep out of business hours have in common: when those are, and how an override leaves its trace."""

__all__ = ["MaintenanceSettings"]

import json
from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator, Field

from core.business_hours import BusinessHours
from core.maintenance_window import OVERRIDE, WindowVerdict, check_window
from jobs.environment import JobSettings
from jobs.event_log import EventLog


def _hours(value: object) -> BusinessHours | None:
    if value is None or isinstance(value, BusinessHours):
        return value
    try:
        found = json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, list) or [type(each) for each in found] != [str, str, str]:
        raise ValueError("a JSON list of days, hours and a time zone is expected")
    return BusinessHours.parse(*found)


class MaintenanceSettings(JobSettings):
    """When a job waits, and the reason not to."""

    closed_hours: Annotated[BusinessHours | None, BeforeValidator(_hours)] = Field(
        default=None,
        alias="BUSINESS_HOURS",
        description='Days, hours and time zone in which nothing is done: ["Mon-Fri", "09:00-17:00", "UTC"].',
    )
    override: str = Field(default="", alias=OVERRIDE, description="Reason to go on in business hours all the same.")

    def window(self, now: datetime, log: EventLog) -> WindowVerdict:
        """Return whether the job may begin; an override that it needs is written to the log, with its reason."""
        verdict = check_window(self.closed_hours, now, override=self.override)
        if verdict.override:
            log.write("overridden", level="warning", reason=verdict.override, sentence=verdict.sentence)
        return verdict
