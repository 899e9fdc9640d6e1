"""What opens the registry again after a collection that did not live to do so."""

__all__ = ["Repair", "repair", "run_guard"]

from datetime import UTC, datetime
from enum import Enum
from typing import Final

from jobs.cluster_api import ClusterError
from jobs.event_log import EventLog
from jobs.registry_gc.gate import CLOSED, OPEN, ClusterGate, Gate
from jobs.registry_gc.settings import RegistryGcSettings

_NOT_FOUND: Final = 404


class Repair(Enum):
    """What was found."""

    NOT_NEEDED = "not-needed"
    OPENED = "opened"
    AT_WORK = "at-work"


def repair(gate: Gate, log: EventLog, now: datetime, *, own: str = "") -> Repair:
    """Open the registry if whoever closed it is no more; raise ClusterError.

    Two things have to hold before: the holder's pod has ended (a collection that still runs would delete what is pushed
    meanwhile), and it has said nothing for a while (an object may go before its processes do). `own` is the pod that
    asks. A registry that somebody has stopped without holding the Lease stays as it is.
    """
    hold = gate.hold()
    if hold is None:
        return Repair.NOT_NEEDED
    living = [pod for pod in gate.collectors() if pod != own]
    if hold.holder in living or not hold.has_expired(now):
        log.write("at-work", holder=hold.holder, renewed=hold.renewed, level="info")
        return Repair.AT_WORK
    found = gate.replicas()
    if found == CLOSED:
        gate.scale(OPEN)
    gate.release(hold.holder)
    log.write(
        "opened",
        level="warning",
        holder=hold.holder,
        replicas_found=found,
        reason="the collection that closed the registry has ended without opening it",
    )
    return Repair.OPENED


def run_guard(settings: RegistryGcSettings, log: EventLog) -> int:
    """Look once, in the real cluster; return 0, raise SptFlowError if the cluster does not answer."""
    with ClusterGate(settings.namespace, settings.deployment, settings.collector, settings.namespaces) as gate:
        if repair(gate, log, datetime.now(UTC)) is Repair.NOT_NEEDED:
            replicas = _replicas(gate)
            log.write("finished", level="info" if replicas == OPEN else "warning", replicas=replicas)
    return 0


def _replicas(gate: Gate) -> int | None:
    """Return how many replicas the registry is to have, None while its Deployment is made anew.

    One that is missing for longer is none of the guard's: whoever watches the registry finds out.
    """
    try:
        return gate.replicas()
    except ClusterError as error:
        if error.status != _NOT_FOUND:
            raise
        return None
