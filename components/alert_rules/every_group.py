"""All rules of a stack."""

__all__ = ["RuleFacts", "build_groups"]

from dataclasses import dataclass

from components.alert_rules.business_hours import business_hours_group
from components.alert_rules.coder import coder_group, starts_group
from components.alert_rules.entry import entry_group, targets_group
from components.alert_rules.jobs import jobs_group, tasks
from components.alert_rules.rule import Group, build_group
from components.alert_rules.storage import capacity_group
from components.manifest import Manifest
from components.network_flows import CODER, SYSTEM, WORKSPACES
from core.business_hours import BusinessHours


@dataclass(frozen=True)
class RuleFacts:
    """What of a stack decides its rules; of what it does not have, nothing is expected."""

    hours: BusinessHours
    runbook_url: str = ""
    pushes: bool = True
    pushgateway: bool = True
    dumps: bool = True
    snapshots: bool = True
    collection: bool = True
    prepull: bool = True


def build_groups(facts: RuleFacts) -> list[Manifest]:
    """Return the groups as in a rule file."""
    return [build_group(group, facts.runbook_url) for group in _groups(facts)]


def _groups(facts: RuleFacts) -> list[Group]:
    present = tasks(dumps=facts.dumps, snapshots=facts.snapshots, collection=facts.collection, prepull=facts.prepull)
    pushed = [starts_group(), jobs_group(present)] if facts.pushes else []
    return [
        business_hours_group(facts.hours),
        coder_group(),
        *pushed,
        capacity_group((CODER, WORKSPACES, SYSTEM), CODER),
        entry_group(CODER),
        targets_group(pushgateway=facts.pushgateway),
    ]
