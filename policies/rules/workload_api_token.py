"""Rule: pods carry no token for the Kubernetes API unless they are named as needing one."""

__all__ = ["WORKLOAD_API_TOKEN", "TokenUsers", "check"]

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from core.fields import Field
from core.workloads import PodSpecView
from policies.findings import Findings
from policies.resource import Manifest, Resource
from policies.rule import ResourceRule, RuleWords


@dataclass(frozen=True)
class TokenUsers:
    """Workloads that talk to the Kubernetes API, as exemptions name them."""

    workloads: frozenset[str]

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Read the rule's configuration."""
        return cls(frozenset(config.get("allowed", ())))

    def may_be_one(self, manifest: Manifest) -> bool:
        """Say whether the object may turn out to be one of them once its unknown name or namespace is known."""
        name, namespace = manifest.body.get("metadata", "name"), manifest.namespace
        if name.unknown is None and namespace.unknown is None:
            return False
        kind = f"{manifest.kind} "
        for workload in self.workloads:
            place, _, own = workload.removeprefix(kind).rpartition("/")
            if workload.startswith(kind) and _may_be(namespace, place) and _may_be(name, own):
                return True
        return False


def check(resource: Resource, users: TokenUsers, findings: Findings) -> None:
    """Report pods that have a token mounted, by default or by a volume."""
    for manifest in resource.manifests(findings):
        if manifest.subject.is_one_of(users.workloads):
            continue
        for pod in manifest.pods():
            for complaint in _complaints(pod, findings):
                if users.may_be_one(manifest):
                    findings.is_open(manifest.body.get("metadata", "name"), manifest.namespace)
                else:
                    findings.violation(manifest.subject, f"The pods of {manifest.subject.title} must not {complaint}.")


def _may_be(field: Field, text: str) -> bool:
    return field.unknown is not None or field.string() == text


def _complaints(pod: PodSpecView, findings: Findings) -> Iterator[str]:
    mounted = pod.spec.get("automountServiceAccountToken")
    if not findings.is_open(mounted) and mounted.value is not False:
        yield f"have a token for the API: automountServiceAccountToken must be false, and {_found(mounted)}"
    volumes = pod.spec.get("volumes")
    findings.is_open(volumes)
    for number, volume in enumerate(volumes.items()):
        sources = volume.get("projected", "sources")
        findings.is_open(sources)
        for source in sources.items():
            token = source.get("serviceAccountToken")
            if not findings.is_open(token) and not token.is_missing:
                yield f"have a token for the API in a projected volume: volume #{number} has one"


def _found(field: Field) -> str:
    if field.is_missing:
        return "is left out"
    return "is true" if field.value is True else "is neither true nor false"


WORKLOAD_API_TOKEN: Final = ResourceRule(
    words=RuleWords(
        name="workload-forbids-api-token",
        title="Pods carry no API token",
        description=(
            "A pod must set automountServiceAccountToken to false and project no token, unless its workload is named "
            "in the configuration as one that talks to the Kubernetes API."
        ),
        remediation=(
            "Set automountServiceAccountToken: false in the pod's spec. A workload that needs the API is named under "
            "allowed in this rule's configuration, for example CronJob coder/reaper."
        ),
        tags=("kubernetes", "rbac"),
    ),
    properties={
        "allowed": {
            "type": "array",
            "items": {"type": "string", "pattern": "^[A-Z][A-Za-z0-9]* [^ *]+$"},
            "default": [],
        },
    },
    read=TokenUsers.from_config,
    check=check,
)
"""The rule."""
