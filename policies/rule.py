"""A rule: a pure check with its words and configuration, and how the engine runs it."""

__all__ = ["Config", "EngineRule", "ResourceRule", "Rule", "RuleWords", "StackRule", "Verdict"]

import copy
import datetime as dt
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyConfigSchema,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    Severity,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.proxy import UnknownValueError

from core.fields import Field
from policies.exemption import EXEMPTIONS_SCHEMA, Exemption
from policies.findings import Findings, Subject, Violation
from policies.resource import Resource
from policies.secret_values.redaction import redacted

Config = TypeVar("Config")

_EXEMPTIONS: Final = "exemptions"
_LATEST: Final = threading.local()


@dataclass(frozen=True)
class RuleWords:
    """What people read of a rule. `name` is its key in the configuration: lower case, <kind>-<verb>-<what>."""

    name: str
    title: str
    description: str
    remediation: str
    severity: Severity = Severity.HIGH
    tags: Sequence[str] = ("kubernetes",)


@dataclass(frozen=True)
class Verdict:
    """What a rule says: violations that count, those exempted (with why), and why parts could not be judged."""

    violations: list[Violation] = field(default_factory=list)
    exempted: list[tuple[Violation, Exemption]] = field(default_factory=list)
    unknown: list[Exception] = field(default_factory=list)


@dataclass(frozen=True)
class Rule(Generic[Config]):
    """One rule. `properties` is the JSON schema of its configuration, `read` turns that into what the check takes."""

    words: RuleWords
    read: Callable[[Mapping[str, Any]], Config]
    properties: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    # The configuration seen last, with what it means. One tuple in a list, so that threads see a whole one or none.
    _read: list[tuple[dict[str, Any], Config, Mapping[str, Exemption]]] = field(
        default_factory=list, init=False, repr=False, compare=False
    )

    @property
    def schema(self) -> dict[str, Mapping[str, Any]]:
        """Return the JSON schema of each property of the configuration, exemptions included."""
        return {**self.properties, _EXEMPTIONS: EXEMPTIONS_SCHEMA}

    def exemptions(self, config: Mapping[str, Any]) -> list[Exemption]:
        """Return the exemptions a configuration grants from this rule."""
        return [Exemption.from_config(each) for each in config.get(_EXEMPTIONS, ())]

    def settings(self, config: Mapping[str, Any]) -> tuple[Config, Mapping[str, Exemption]]:
        """Return what a configuration means, and its exemptions by object; read once as long as it stays the same."""
        for seen, settings, granted in tuple(self._read):
            if seen == config:
                return settings, granted
        settings, granted = self.read(config), {each.resource: each for each in self.exemptions(config)}
        self._read[:] = [(copy.deepcopy(dict(config)), settings, granted)]
        return settings, granted

    def _verdict(
        self,
        findings: Findings,
        granted: Mapping[str, Exemption],
        today: dt.date,
        subjects: Callable[[], Iterable[Subject]] = tuple,
    ) -> Verdict:
        """Weigh what was found against the exemptions; `subjects` are the objects that were looked at.

        An exemption that has ended is a violation as long as its object is there, whether or not it is needed.
        """
        verdict = Verdict(unknown=findings.unknown)
        expired = {name: exemption for name, exemption in granted.items() if exemption.has_expired(today)}
        for violation in findings.violations:
            name = str(violation.subject)
            exemption = granted.get(name) if violation.subject.is_exact else None
            if exemption is None:
                verdict.violations.append(violation)
            elif exemption.has_expired(today):
                expired.pop(name, None)
                verdict.violations.append(_expired(violation, exemption))
            else:
                verdict.exempted.append((violation, exemption))
        if expired:
            present = {str(subject): subject for subject in subjects() if subject.is_exact}
            verdict.violations.extend(
                _ended(present[name], self.words.name, exemption)
                for name, exemption in expired.items()
                if name in present
            )
        return verdict


@dataclass(frozen=True)
class EngineRule(Rule[Config], ABC):
    """A rule that the engine runs itself, since all it looks at is resources."""

    @abstractmethod
    def policy(self) -> Policy:
        """Return the rule as the engine runs it."""

    def _options(self) -> dict[str, Any]:
        words = self.words
        return {
            "name": words.name,
            "description": words.description,
            "enforcement_level": EnforcementLevel.MANDATORY,
            "config_schema": PolicyConfigSchema(properties={key: dict(each) for key, each in self.schema.items()}),
            "display_name": words.title,
            "severity": words.severity,
            "tags": list(words.tags),
            "remediation_steps": words.remediation,
        }


@dataclass(frozen=True)
class ResourceRule(EngineRule[Config]):
    """A rule that looks at one resource at a time, before it is made or changed."""

    check: Callable[[Resource, Config, Findings], None] = field(kw_only=True)

    def judge(self, resource: Resource, config: Mapping[str, Any], today: dt.date) -> Verdict:
        """Return what the rule says of a resource."""
        findings = Findings()
        settings, granted = self.settings(config)
        self.check(resource, settings, findings)
        findings.violations = redacted(findings.violations, (resource.properties,))
        return self._verdict(findings, granted, today, lambda: _subjects([resource]))

    def policy(self) -> ResourceValidationPolicy:
        """Return the rule as the engine runs it."""

        def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
            _report(self.judge(_resource(args), args.get_config(), _today()), report)

        return ResourceValidationPolicy(validate=validate, **self._options())


@dataclass(frozen=True)
class StackRule(EngineRule[Config]):
    """A rule over all resources of the stack together."""

    check: Callable[[Sequence[Resource], Config, Findings], None] = field(kw_only=True)

    def judge(self, resources: Sequence[Resource], config: Mapping[str, Any], today: dt.date) -> Verdict:
        """Return what the rule says of a stack."""
        findings = Findings()
        settings, granted = self.settings(config)
        self.check(resources, settings, findings)
        findings.violations = redacted(findings.violations, (each.properties for each in resources))
        return self._verdict(findings, granted, today, lambda: _subjects(resources))

    def policy(self) -> StackValidationPolicy:
        """Return the rule as the engine runs it."""

        def validate(args: StackValidationArgs, report: ReportViolation) -> None:
            resources = [_resource(each) for each in args.resources]
            _report(self.judge(resources, args.get_config(), _today()), report)

        return StackValidationPolicy(validate=validate, **self._options())


def _resource(args: Any) -> Resource:  # noqa: ANN401 - ResourceValidationArgs, PolicyResource: no common base
    """Return the resource; rules that are handed the same properties one after the other share what they read."""
    latest = getattr(_LATEST, "resource", None)
    if isinstance(latest, Resource) and latest.properties.value is args.props and latest.urn == args.urn:
        return latest
    resource = Resource(
        type=args.resource_type,
        name=args.name,
        properties=Field(args.props, unknown_errors=(UnknownValueError,)),
        urn=args.urn,
        is_protected=bool(args.opts.protect),
    )
    _LATEST.resource = resource
    return resource


def _report(verdict: Verdict, report: ReportViolation) -> None:
    for violation in verdict.violations:
        report(violation.sentence, None)
    if verdict.unknown:
        # Whatever could be judged has been reported. This only makes the engine say that something is still open.
        raise verdict.unknown[0]


def _subjects(resources: Iterable[Resource]) -> Iterator[Subject]:
    for resource in resources:
        yield resource.subject
        for manifest in resource.manifests(Findings()):
            yield manifest.subject


def _ended(subject: Subject, rule: str, exemption: Exemption) -> Violation:
    return Violation(
        subject,
        f"The exemption of {subject.title} from {rule} ended on {exemption.expires.isoformat()} "
        f"(reason: {exemption.reason}): remove it, or give it a new date.",
    )


def _expired(violation: Violation, exemption: Exemption) -> Violation:
    return Violation(
        violation.subject,
        f"{violation.sentence} Its exemption ended on {exemption.expires.isoformat()} (reason: {exemption.reason}).",
    )


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()
