"""Settings of when a stack may be deployed."""

__all__ = ["DeploymentSettings"]

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
    """When a stack may be deployed."""

    deploy_window: Literal["any", "outside-business-hours"] = Field(
        default="any",
        description="any: at any time; outside-business-hours: the deployment from CI waits, unless overridden.",
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
        """Return the hours in which the stack may not be deployed, or None where there are none."""
        if self.deploy_window == "any":
            return None
        return BusinessHours.parse(self.business_days, self.business_hours, self.business_time_zone)
