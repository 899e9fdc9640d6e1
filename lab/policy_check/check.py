"""What one check came to: a stack that was previewed, or files that were read."""

__all__ = ["Check", "Location"]

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from policies.report import Report

_BROKEN: Final = 1


@dataclass(frozen=True)
class Location:
    """Where an object stands: a file, as it was named, and the line it begins on (0: not known)."""

    file: str
    line: int = 0


@dataclass(frozen=True)
class Check:
    """One check by the configuration of `stack`. `title` says what was checked, `source` is the file it comes from.

    `locations` holds where objects stand, by the name that exemptions use. `fails_undecided` is the stack's setting.
    `failure` is the sentence that says why there is no report, with its exit code.
    """

    title: str
    stack: str
    report: Report = field(default_factory=Report)
    source: str = ""
    notes: tuple[str, ...] = ()
    locations: Mapping[str, Location] = field(default_factory=dict)
    fails_undecided: bool = False
    seconds: float = 0.0
    failure: str = ""
    failure_code: int = _BROKEN

    @property
    def passed(self) -> bool:
        """Say whether no mandatory rule is broken, or left open where that counts."""
        return not self.failure and not self.report.mandatory and not self.stopping_undecided

    @property
    def stopping_undecided(self) -> int:
        """Return how many open checks stop the change, since the stack's setting says that they do."""
        return len(self.report.mandatory_undecided) if self.fails_undecided else 0

    @property
    def exit_code(self) -> int:
        """Return 0, 1 where a rule or the check itself failed, 2 where the check was misused."""
        if self.failure:
            return self.failure_code
        return 0 if self.passed else _BROKEN

    def location(self, resource: str) -> Location:
        """Return where an object stands, at least the file."""
        return self.locations.get(resource, Location(self.source))
