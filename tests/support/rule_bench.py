"""One rule on the bench: what it says of a workload that is compliant but for what a test changes in it."""

__all__ = ["RuleBench", "compliant_container", "compliant_pod"]

import copy
from collections.abc import Mapping, Sequence
from typing import Any, Final

from policies.rule import ResourceRule
from tests.support.analyzer import Finding, PackAnalyzer
from tests.support.workload_kinds import DEPLOYMENT, workload

_CONTAINER: Final = {
    "name": "main",
    "image": "registry.example.com/app:1",
    "resources": {
        "requests": {"cpu": "100m", "memory": "64Mi", "ephemeral-storage": "64Mi"},
        "limits": {"cpu": "1", "memory": "1Gi", "ephemeral-storage": "1Gi"},
    },
    "securityContext": {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
    },
}
_POD: Final = {
    "securityContext": {
        "runAsNonRoot": True,
        "runAsUser": 1000,
        "seccompProfile": {"type": "RuntimeDefault"},
    },
    "volumes": [{"name": "data", "emptyDir": {}}],
}


def compliant_container(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any manifest value
    """Return a container that every rule on workloads lets pass, with other values on top."""
    return {**copy.deepcopy(_CONTAINER), **changes}


def compliant_pod(*containers: object, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any manifest value
    """Return the spec of such a pod, of these containers or of one that is compliant."""
    return {**copy.deepcopy(_POD), "containers": list(containers) or [compliant_container()], **changes}


class RuleBench:
    """A rule behind the SDK's own analyzer service, with its configuration."""

    def __init__(self, rule: ResourceRule[Any], **config: object) -> None:
        self._analyzer = PackAnalyzer([rule.policy()])
        if config:
            self._analyzer.configure(rule.words.name, "MANDATORY", **config)

    def findings(
        self,
        spec: object,
        *,
        resource_type: str = DEPLOYMENT,
        namespace: object = "coder",
        pod_metadata: Mapping[str, Any] | None = None,
    ) -> list[Finding]:
        """Return what the rule says of a workload around the pod, in the namespace `coder` if no other is named."""
        body = workload(resource_type, spec, namespace=namespace, pod_metadata=pod_metadata)
        return self._analyzer.analyze(resource_type, body)

    def of(self, resource_type: str, props: Mapping[str, Any]) -> list[Finding]:
        """Return what the rule says of any resource."""
        return self._analyzer.analyze(resource_type, props)

    def sentences(self, spec: object, **options: Any) -> list[str]:  # noqa: ANN401 - as findings
        """Return the sentences of violations; fail if something is still open."""
        return _told(self.findings(spec, **options))

    def told_of(self, resource_type: str, props: Mapping[str, Any]) -> list[str]:
        """Return the sentences of violations of any resource; fail if something is still open."""
        return _told(self.of(resource_type, props))

    def of_container(self, changes: Mapping[str, Any], **options: Any) -> list[str]:  # noqa: ANN401 - as findings
        """Return the sentences about a compliant container with these values on top."""
        return self.sentences(compliant_pod(compliant_container(**changes)), **options)

    def of_pod(self, changes: Mapping[str, Any], **options: Any) -> list[str]:  # noqa: ANN401 - as findings
        """Return the sentences about a compliant pod with these values on top."""
        return self.sentences(compliant_pod(**changes), **options)

    def levels(self, spec: object, **options: Any) -> list[str]:  # noqa: ANN401 - as findings
        """Return MANDATORY for each violation and ADVISORY for what is still open, in order."""
        return [finding.level for finding in self.findings(spec, **options)]


def _told(findings: Sequence[Finding]) -> list[str]:
    assert all(finding.level == "MANDATORY" for finding in findings), findings
    return [finding.sentence for finding in findings]
