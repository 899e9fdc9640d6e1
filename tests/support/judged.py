"""One rule through the real analyzer: what it says, sentence by sentence, and what it could not judge."""

__all__ = ["Judged", "exempting", "judged", "judged_stack"]

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from policies.rule import EngineRule
from tests.support.analyzer import Finding, PackAnalyzer, StackItem


@dataclass(frozen=True)
class Judged:
    """Sentences of violations, and what the engine says of parts that are not known yet."""

    sentences: list[str]
    open: list[str]


def judged(
    rule: EngineRule[Any], resource_type: str, props: Mapping[str, Any], *, name: str = "thing", **config: object
) -> Judged:
    """Return what the rule says of one resource."""
    return _sorted(_analyzer(rule, config).analyze(resource_type, props, name))


def judged_stack(rule: EngineRule[Any], items: Sequence[StackItem], **config: object) -> Judged:
    """Return what the rule says of a stack."""
    return _sorted(_analyzer(rule, config).analyze_stack(items))


def exempting(resource: str, *, expires: str = "2999-12-31") -> list[dict[str, str]]:
    """Return the value of `exemptions` that lets one object off."""
    return [{"resource": resource, "reason": "known and watched", "expires": expires}]


def _analyzer(rule: EngineRule[Any], config: Mapping[str, object]) -> PackAnalyzer:
    analyzer = PackAnalyzer([rule.policy()])
    defaults = {key: schema["default"] for key, schema in rule.schema.items() if "default" in schema}
    analyzer.configure(rule.words.name, "MANDATORY", **{**defaults, **config})
    return analyzer


def _sorted(findings: Sequence[Finding]) -> Judged:
    return Judged(
        [finding.sentence for finding in findings if finding.level == "MANDATORY"],
        [finding.sentence for finding in findings if finding.level == "ADVISORY"],
    )
