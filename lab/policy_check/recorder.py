"""The pack's rules as the engine runs them, with a note of what each of them said and of what they were shown."""

__all__ = ["Recorder"]

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from pulumi_policy import Policy

from policies.resource import Resource
from policies.rule import EngineRule, ResourceRule, StackRule, Verdict

_Observe: TypeAlias = "Callable[[EngineRule[Any], Resource | Sequence[Resource], Verdict], None]"


@dataclass(frozen=True)
class _ObservedResourceRule(ResourceRule[Any]):
    observe: _Observe = field(kw_only=True)

    def judge(self, resource: Resource, config: Mapping[str, Any], today: dt.date) -> Verdict:
        verdict = super().judge(resource, config, today)
        self.observe(self, resource, verdict)
        return verdict


@dataclass(frozen=True)
class _ObservedStackRule(StackRule[Any]):
    observe: _Observe = field(kw_only=True)

    def judge(self, resources: Sequence[Resource], config: Mapping[str, Any], today: dt.date) -> Verdict:
        verdict = super().judge(resources, config, today)
        self.observe(self, resources, verdict)
        return verdict


@dataclass
class Recorder:
    """What the engine asked of the rules: `verdicts` in their order, the resources as they are to be made.

    `inputs` holds each resource once, by its URN; `outputs` is the stack as stack rules see it. The engine asks from
    several threads.
    """

    verdicts: list[tuple[EngineRule[Any], Resource | None, Verdict]] = field(default_factory=list)
    inputs: dict[str, Resource] = field(default_factory=dict)
    outputs: Sequence[Resource] = ()

    def policies(self, rules: Sequence[EngineRule[Any]]) -> list[Policy]:
        """Return the rules as policies that note what they say here."""
        return [self._observed(rule).policy() for rule in rules]

    def _observed(self, rule: EngineRule[Any]) -> EngineRule[Any]:
        if isinstance(rule, ResourceRule):
            return _ObservedResourceRule(rule.words, rule.read, rule.properties, check=rule.check, observe=self._note)
        if isinstance(rule, StackRule):
            return _ObservedStackRule(rule.words, rule.read, rule.properties, check=rule.check, observe=self._note)
        raise TypeError(f"{type(rule).__name__} is neither a rule for resources nor one for stacks")

    def _note(self, rule: EngineRule[Any], seen: Resource | Sequence[Resource], verdict: Verdict) -> None:
        if isinstance(seen, Resource):
            self.inputs.setdefault(seen.urn, seen)
            self.verdicts.append((rule, seen, verdict))
        else:
            self.outputs = seen
            self.verdicts.append((rule, None, verdict))
