"""Changes of a stack keep out of business hours, whoever makes them: also `pulumi up` by hand."""

__all__ = ["check_deployment_window"]

import datetime as dt
import os

import pulumi

from core.errors import SptFlowError
from core.maintenance_window import OVERRIDE, check_window
from settings import Settings


def check_deployment_window(settings: Settings, now: dt.datetime | None = None) -> None:
    """Raise SptFlowError if the stack is about to be changed in its business hours without a reason.

    A preview changes nothing and is always allowed. A reason is told in the update's own output, and is the stack's
    output `maintenanceOverride` until the next update.
    """
    if pulumi.runtime.is_dry_run():
        return
    verdict = check_window(
        settings.deployment.closed_hours(), now or dt.datetime.now(dt.UTC), override=os.environ.get(OVERRIDE, "")
    )
    if not verdict.is_open:
        raise SptFlowError(
            f"Stack {settings.stack} is not changed now, and nothing was. {verdict.sentence}",
            next_command=f'run it later, or with the reason why not: {OVERRIDE}="..." pulumi up -s {settings.stack}',
        )
    if verdict.override:
        pulumi.log.warn(verdict.sentence)
        pulumi.export("maintenanceOverride", verdict.override)
