"""The policy pack behind the SDK's own analyzer service, in process: what the engine would ask, without an engine."""

__all__ = ["SECRET_MARK", "UNKNOWN", "Finding", "PackAnalyzer", "StackItem", "secret", "stack_config"]

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from google.protobuf import json_format
from pulumi.runtime import proto
from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy import EnforcementLevel, Policy
from pulumi_policy.deserialize import SPECIAL_SECRET_SIG, SPECIAL_SIG_KEY
from pulumi_policy.policy import _PolicyAnalyzerServicer
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE

from policies.pack import RULES
from policies.secret_values.marks import keep_marks
from policies.shared_properties import share_properties

UNKNOWN: Final = UNKNOWN_STRING_VALUE
"""What the engine sends for a value that is not known before the update."""

SECRET_MARK: Final = "canary-4f1d9c"  # noqa: S105 - a mark that tests look for in messages
"""A secret's text, to be found nowhere."""

_CONFIG: Final = Path(__file__).resolve().parents[2] / "policies" / "config"


@dataclass(frozen=True)
class Finding:
    """One diagnostic of the analyzer. The service puts the rule's description before the sentence in `message`."""

    policy: str
    level: str
    message: str

    @property
    def sentence(self) -> str:
        """Return what the rule said, without its description."""
        return self.message.strip().splitlines()[-1]


@dataclass(frozen=True)
class StackItem:
    """One resource of a stack as analyze_stack takes it."""

    type: str
    props: Mapping[str, Any] = field(default_factory=dict)
    name: str = "thing"
    protect: bool = False
    parent: str = ""

    @property
    def urn(self) -> str:
        """Return the resource's URN, that of a stack without components."""
        return f"urn:pulumi:dev::spt-flow::{self.type}::{self.name}"


def secret(value: object) -> dict[str, object]:
    """Return the value as the engine sends a secret."""
    return {SPECIAL_SIG_KEY: SPECIAL_SECRET_SIG, "value": value}


def stack_config(stack: str) -> dict[str, dict[str, Any]]:
    """Return the configuration of a stack by rule, defaults of the schemas filled in, as the engine sends it."""
    content = json.loads((_CONFIG / f"{stack}.json").read_text(encoding="utf-8"))
    everywhere = content.pop("all")
    config: dict[str, dict[str, Any]] = {}
    for rule in RULES:
        entry = content.get(rule.words.name, {})
        entry = {"enforcementLevel": entry} if isinstance(entry, str) else entry
        defaults = {key: schema["default"] for key, schema in rule.schema.items() if "default" in schema}
        config[rule.words.name] = {"enforcementLevel": everywhere, **defaults, **entry}
    return config


class PackAnalyzer:
    """Rules as the engine runs them."""

    def __init__(self, rules: Sequence[Policy]) -> None:
        keep_marks()
        share_properties()
        self._servicer = _PolicyAnalyzerServicer("pack", "0.0.1", list(rules), EnforcementLevel.ADVISORY, {})

    @classmethod
    def of_stack(cls, stack: str) -> Self:
        """Return the whole pack, configured for a stack."""
        analyzer = cls([rule.policy() for rule in RULES])
        analyzer.configure_all(stack_config(stack))
        return analyzer

    def configure(self, policy: str, level: str, **properties: object) -> None:
        """Give a rule its level and configuration, as --policy-pack-config does; others lose theirs."""
        self.configure_all({policy: {"enforcementLevel": level.lower(), **properties}})

    def configure_all(self, config: Mapping[str, Mapping[str, Any]]) -> None:
        """Give each rule its level and configuration."""
        entries = {}
        for policy, entry in config.items():
            level = analyzer_pb2.EnforcementLevel.Value(str(entry["enforcementLevel"]).upper())
            entries[policy] = analyzer_pb2.PolicyConfig(enforcementLevel=level)
            properties = {key: value for key, value in entry.items() if key != "enforcementLevel"}
            json_format.ParseDict(properties, entries[policy].properties)
        self._servicer.Configure(  # type: ignore[no-untyped-call] # the SDK's service has no types
            proto.ConfigureAnalyzerRequest(policyConfig=entries), None
        )

    def analyze(
        self, resource_type: str, props: Mapping[str, Any], name: str = "thing", *, protect: bool = False
    ) -> list[Finding]:
        """Return what the rules say of one resource."""
        item = StackItem(resource_type, props, name, protect)
        request = proto.AnalyzeRequest(
            type=item.type, urn=item.urn, name=item.name, options=proto.AnalyzerResourceOptions(protect=item.protect)
        )
        json_format.ParseDict(dict(item.props), request.properties)
        return _findings(self._servicer.Analyze(request, None))  # type: ignore[no-untyped-call] # see configure

    def analyze_stack(self, items: Sequence[StackItem]) -> list[Finding]:
        """Return what the rules over whole stacks say; `parent` is another item's name."""
        urns = {item.name: item.urn for item in items}
        request = proto.AnalyzeStackRequest()
        for item in items:
            resource = request.resources.add(
                type=item.type,
                urn=item.urn,
                name=item.name,
                options=proto.AnalyzerResourceOptions(protect=item.protect),
                parent=urns.get(item.parent, ""),
            )
            json_format.ParseDict(dict(item.props), resource.properties)
        return _findings(self._servicer.AnalyzeStack(request, None))  # type: ignore[no-untyped-call] # see configure

    def analyze_everything(self, items: Sequence[StackItem]) -> list[Finding]:
        """Return what all rules say of a program: of each resource, then of all together."""
        single = [
            finding
            for item in items
            for finding in self.analyze(item.type, item.props, item.name, protect=item.protect)
        ]
        return [*single, *self.analyze_stack(items)]


def _findings(response: analyzer_pb2.AnalyzeResponse) -> list[Finding]:
    return [
        Finding(found.policyName, analyzer_pb2.EnforcementLevel.Name(found.enforcementLevel), found.message)
        for found in response.diagnostics
    ]
