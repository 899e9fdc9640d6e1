"""What a check of the whole pack comes to: broken rules, exemptions, and what could not be decided yet."""

__all__ = [
    "ALL_RESOURCES",
    "BrokenRule",
    "ExemptedViolation",
    "ListedExemption",
    "OpenCheck",
    "Report",
    "ReportBuilder",
]

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from policies.config_file import PackConfig
from policies.exemption import Exemption
from policies.findings import Findings, Subject
from policies.resource import Resource
from policies.rule import Rule, Verdict

_MANDATORY: Final = "mandatory"
ALL_RESOURCES: Final = "all resources together"
"""What a rule over a whole stack is about."""


@dataclass(frozen=True, order=True)
class BrokenRule:
    """One violation. `resource` is what exemptions call the object, `origin` the release that renders it or ""."""

    level: str
    rule: str
    resource: str
    sentence: str
    origin: str = ""


@dataclass(frozen=True, order=True)
class ExemptedViolation:
    """One violation that an exemption allows, with why and until when."""

    rule: str
    resource: str
    sentence: str
    reason: str
    expires: dt.date


@dataclass(frozen=True, order=True)
class OpenCheck:
    """A check that has to wait: `place` is the field of the resource that is not known before the update."""

    level: str
    rule: str
    resource: str
    place: str


@dataclass(frozen=True, order=True)
class ListedExemption:
    """An exemption of the configuration; `state` is valid, expired, or unused: nothing the rule saw needed it."""

    rule: str
    resource: str
    reason: str
    expires: dt.date
    state: str


@dataclass(frozen=True)
class Report:
    """What the rules say of one stack, or of one set of files; every list is sorted and holds nothing twice.

    Of violations and open checks the mandatory ones come first.
    """

    violations: tuple[BrokenRule, ...] = ()
    exempted: tuple[ExemptedViolation, ...] = ()
    undecided: tuple[OpenCheck, ...] = ()
    exemptions: tuple[ListedExemption, ...] = ()
    resources: int = 0

    @property
    def mandatory(self) -> tuple[BrokenRule, ...]:
        """Return the violations that stop a change."""
        return tuple(each for each in self.violations if each.level == _MANDATORY)

    @property
    def mandatory_undecided(self) -> tuple[OpenCheck, ...]:
        """Return the open checks of rules that would stop a change."""
        return tuple(each for each in self.undecided if each.level == _MANDATORY)


@dataclass
class ReportBuilder:
    """Gathers verdicts of rules into a report."""

    config: PackConfig
    rules: Sequence[Rule[Any]]
    today: dt.date
    resources: int = 0
    _violations: set[BrokenRule] = field(default_factory=set)
    _exempted: set[ExemptedViolation] = field(default_factory=set)
    _undecided: set[OpenCheck] = field(default_factory=set)
    _used: set[tuple[str, Exemption]] = field(default_factory=set)

    def add(self, rule: Rule[Any], verdict: Verdict, resource: Resource | None = None) -> None:
        """Take what a rule said of a resource, or of all of them together."""
        name = rule.words.name
        level = self.config.of(name).level
        for violation in verdict.violations:
            subject = violation.subject
            self._violations.add(BrokenRule(level, name, str(subject), violation.sentence, subject.origin))
        for violation, exemption in verdict.exempted:
            resource_name = str(violation.subject)
            self._used.add((name, exemption))
            self._exempted.add(
                ExemptedViolation(name, resource_name, violation.sentence, exemption.reason, exemption.expires)
            )
        for error in verdict.unknown:
            self.add_open(rule, ALL_RESOURCES if resource is None else _title(resource), _place(error))

    def add_open(self, rule: Rule[Any], resource: str, place: str) -> None:
        """Take a check that cannot be decided, with the reason in a few words or the field it waits for."""
        name = rule.words.name
        self._undecided.add(OpenCheck(self.config.of(name).level, name, resource, place))

    def report(self) -> Report:
        """Return what has been gathered."""
        return Report(
            violations=_sorted(self._violations),
            exempted=tuple(sorted(self._exempted)),
            undecided=_sorted(self._undecided),
            exemptions=tuple(sorted(self._listed())),
            resources=self.resources,
        )

    def _listed(self) -> Iterable[ListedExemption]:
        for rule in self.rules:
            name = rule.words.name
            for exemption in rule.exemptions(self.config.of(name).properties):
                yield ListedExemption(
                    name, exemption.resource, exemption.reason, exemption.expires, self._state(name, exemption)
                )

    def _state(self, rule: str, exemption: Exemption) -> str:
        if exemption.has_expired(self.today):
            return "expired"
        return "valid" if (rule, exemption) in self._used else "unused"


def _sorted(found: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(sorted(found, key=lambda each: (each.level != _MANDATORY, each)))


def _title(resource: Resource) -> str:
    """Return the Kubernetes object's name, or the resource's own if it is none, or several."""
    subjects: list[Subject] = [manifest.subject for manifest in resource.manifests(Findings())]
    subject = subjects[0] if len(subjects) == 1 else resource.subject
    return f"{subject} {subject.origin}".rstrip()


def _place(error: Exception) -> str:
    """Return the path of the field that is unknown, as the engine's proxies tell it; keys and numbers, no values."""
    parts = getattr(error, "props", None)
    if not isinstance(parts, list):
        return "a value that is not known yet"
    return "".join(f"[{part}]" if str(part).isdigit() else f".{part}" for part in parts).removeprefix(".")
