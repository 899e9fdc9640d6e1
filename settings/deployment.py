"""Settings of when a stack may be maintained."""

__all__ = ["DeploymentSettings"]

import json
from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from core.business_hours import BusinessHours, parse_days, parse_hours, parse_zone
from core.config_reader import SettingsGroup


def _readable(parse: Callable[[str], object]) -> BeforeValidator:
    """Return a validator that keeps the text, if it can be read."""

    def check(value: object) -> str:
        parse(str(value))
        return str(value)

    return BeforeValidator(check)


Days = Annotated[str, _readable(parse_days)]
Hours = Annotated[str, _readable(parse_hours)]
Zone = Annotated[str, _readable(parse_zone)]


class DeploymentSettings(SettingsGroup):
    """When a stack may be maintained: deployed, its registry collected, its snapshots tried out."""

    maintenance_window: Literal["any", "outside-business-hours"] = Field(
        default="outside-business-hours",
        description=(
            "When the stack is deployed, its registry collected and a drill held. outside-business-hours: each keeps "
            "out of them, unless overridden with a reason; any: at any time."
        ),
    )
    business_days: Days = Field(
        default="Mon-Fri", description="Days on which people work.", examples=["Mon-Fri", "Mon,Wed,Sat-Sun"]
    )
    business_hours: Hours = Field(
        default="09:00-17:00", description="Hours in which people work, on the clock of businessTimeZone."
    )
    business_time_zone: Zone = Field(
        default="UTC", description="Time zone of those hours, by its IANA name.", examples=["Europe/Berlin"]
    )

    def closed_hours(self) -> BusinessHours | None:
        """Return the hours in which the stack is left alone, or None where there are none."""
        if self.maintenance_window == "any":
            return None
        return BusinessHours.parse(self.business_days, self.business_hours, self.business_time_zone)

    def closed_hours_text(self) -> str:
        """Return those hours as jobs take them: a JSON list of days, hours and zone, empty where there are none."""
        if self.maintenance_window == "any":
            return ""
        return json.dumps([self.business_days, self.business_hours, self.business_time_zone])
