"""Which kinds are waited for, by what rule, and what has to be read besides the object."""

__all__ = ["Need", "Rule", "rule_for"]

from dataclasses import dataclass
from enum import Enum, auto

from lab.plugins.kubernetes.annotations import WAIT_FOR
from lab.plugins.kubernetes.kinds import from_manifest
from lab.plugins.kubernetes.manifest import Manifest, annotation
from lab.plugins.kubernetes.readiness import (
    custom,
    daemon_set,
    definition,
    deployment,
    ingress,
    job,
    pod,
    replicas,
    service,
    simple,
    stateful_set,
    storage,
)
from lab.plugins.kubernetes.readiness.verdict import Judge

_DEFAULT_TIMEOUT = 600.0


class Need(Enum):
    """What a rule reads besides the object."""

    PODS = auto()
    """Pods it owns, of a Deployment by way of its ReplicaSets, which come along."""
    ENDPOINT_SLICES = auto()
    SERVICES = auto()
    CLAIMS = auto()
    STORAGE_CLASS = auto()


@dataclass(frozen=True)
class Rule:
    """How a kind becomes ready.

    `decides` is read before every verdict; `explains` only to say why the object is not ready. `timeout` in seconds.
    """

    judge: Judge
    decides: frozenset[Need] = frozenset()
    explains: frozenset[Need] = frozenset()
    timeout: float = _DEFAULT_TIMEOUT


_PODS = frozenset({Need.PODS})

_RULES: dict[tuple[str, str], Rule] = {
    ("apps", "DaemonSet"): Rule(daemon_set.judge, explains=_PODS),
    ("apps", "Deployment"): Rule(deployment.judge, explains=frozenset({Need.PODS, Need.CLAIMS})),
    ("apps", "ReplicaSet"): Rule(replicas.judge, explains=_PODS),
    ("apps", "StatefulSet"): Rule(stateful_set.judge, explains=_PODS),
    ("batch", "Job"): Rule(job.judge, explains=_PODS),
    ("", "PersistentVolume"): Rule(storage.judge_volume, timeout=300.0),
    ("", "PersistentVolumeClaim"): Rule(storage.judge_claim, decides=frozenset({Need.STORAGE_CLASS}), timeout=300.0),
    ("", "Pod"): Rule(pod.judge),
    ("", "ReplicationController"): Rule(replicas.judge, explains=_PODS),
    ("", "ResourceQuota"): Rule(simple.judge_quota, timeout=60.0),
    ("", "Secret"): Rule(simple.judge_token_secret, timeout=5.0),
    ("", "Service"): Rule(service.judge, decides=frozenset({Need.ENDPOINT_SLICES})),
    ("networking.k8s.io", "Ingress"): Rule(ingress.judge, decides=frozenset({Need.SERVICES})),
    ("apiextensions.k8s.io", "CustomResourceDefinition"): Rule(definition.judge, timeout=60.0),
}


def rule_for(manifest: Manifest) -> Rule | None:
    """Return how the object becomes ready; None for kinds that are ready as soon as they exist."""
    wishes = annotation(manifest, WAIT_FOR)
    named = from_manifest(manifest)
    known = _RULES.get((named.group, named.kind))
    if wishes:
        judge = custom.parse(wishes)
        return Rule(judge, explains=known.explains if known else frozenset())
    return known
