"""The policy pack behind the SDK's own analyzer service, in process: what the engine would ask, without an engine."""

__all__ = ["SECRET_MARK", "UNKNOWN", "Finding", "PackAnalyzer", "secret"]

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from google.protobuf import json_format
from pulumi.runtime import proto
from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy import EnforcementLevel, ResourceValidationPolicy
from pulumi_policy.deserialize import SPECIAL_SECRET_SIG, SPECIAL_SIG_KEY
from pulumi_policy.policy import _PolicyAnalyzerServicer
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE

UNKNOWN: Final = UNKNOWN_STRING_VALUE
"""What the engine sends for a value that is not known before the update."""

SECRET_MARK: Final = "canary-4f1d9c"  # noqa: S105 - a mark that tests look for in messages
"""A secret's text, to be found nowhere."""


@dataclass(frozen=True)
class Finding:
    """One diagnostic of the analyzer."""

    policy: str
    level: str
    message: str


def secret(value: object) -> dict[str, object]:
    """Return the value as the engine sends a secret."""
    return {SPECIAL_SIG_KEY: SPECIAL_SECRET_SIG, "value": value}


class PackAnalyzer:
    """Rules as the engine runs them."""

    def __init__(self, rules: Sequence[ResourceValidationPolicy]) -> None:
        self._servicer = _PolicyAnalyzerServicer("pack", "0.0.1", list(rules), EnforcementLevel.ADVISORY, {})

    def configure(self, policy: str, level: str, **properties: object) -> None:
        """Give a rule its level and configuration, as --policy-pack-config does."""
        config = analyzer_pb2.PolicyConfig(enforcementLevel=analyzer_pb2.EnforcementLevel.Value(level))
        json_format.ParseDict(properties, config.properties)
        self._servicer.Configure(  # type: ignore[no-untyped-call] # the SDK's service has no types
            proto.ConfigureAnalyzerRequest(policyConfig={policy: config}), None
        )

    def analyze(self, resource_type: str, props: Mapping[str, Any], name: str = "thing") -> list[Finding]:
        """Return what the rules say of one resource."""
        request = proto.AnalyzeRequest(
            type=resource_type,
            urn=f"urn:pulumi:dev::spt-flow::{resource_type}::{name}",
            name=name,
            options=proto.AnalyzerResourceOptions(),
        )
        json_format.ParseDict(dict(props), request.properties)
        response = self._servicer.Analyze(request, None)  # type: ignore[no-untyped-call] # see configure
        return [
            Finding(found.policyName, analyzer_pb2.EnforcementLevel.Name(found.enforcementLevel), found.message)
            for found in response.diagnostics
        ]
