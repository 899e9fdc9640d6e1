"""What files hold that rules can judge."""

__all__ = ["FileContent"]

from dataclasses import dataclass, field

from lab.policy_check.check import Location
from policies.change import Change
from policies.resource import Resource


@dataclass(frozen=True)
class FileContent:
    """Resources and planned steps, and where they stand. `gap` says why rules over a whole stack cannot judge them."""

    resources: list[Resource] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    locations: dict[str, Location] = field(default_factory=dict)
    gap: str = ""
