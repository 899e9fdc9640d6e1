"""How much CPU, memory and storage a Kubernetes object asks the cluster to set aside, as the scheduler counts it."""

__all__ = ["Amounts", "requested"]

from dataclasses import dataclass
from typing import Final

from core.fields import Field
from core.quantity import Quantity, QuantityError
from core.workloads import PodSpecView, pods_of

_LARGEST_COUNT: Final = 2**31 - 1
# Where a workload says how many pods it has at once. A DaemonSet has one a node, and is counted for one.
_COUNTS: Final = {
    "Deployment": ("spec", "replicas"),
    "ReplicaSet": ("spec", "replicas"),
    "ReplicationController": ("spec", "replicas"),
    "StatefulSet": ("spec", "replicas"),
    "Job": ("spec", "parallelism"),
    "CronJob": ("spec", "jobTemplate", "spec", "parallelism"),
}


@dataclass(frozen=True)
class Amounts:
    """CPU in billionths of a core, memory and storage in billionths of a byte; all of them additive.

    `unknown` counts fields that hold no amount yet, or nothing that is one: they are in no sum.
    """

    cpu: int = 0
    memory: int = 0
    storage: int = 0
    unknown: int = 0

    def __add__(self, other: "Amounts") -> "Amounts":
        return Amounts(
            self.cpu + other.cpu,
            self.memory + other.memory,
            self.storage + other.storage,
            self.unknown + other.unknown,
        )

    def __sub__(self, other: "Amounts") -> "Amounts":
        return Amounts(self.cpu - other.cpu, self.memory - other.memory, self.storage - other.storage, self.unknown)

    def times(self, count: int) -> "Amounts":
        """Return the sum over so many equal pods; an unknown field stays one."""
        return Amounts(self.cpu * count, self.memory * count, self.storage * count, self.unknown)

    def or_more(self, other: "Amounts") -> "Amounts":
        """Return the larger of each amount."""
        return Amounts(
            max(self.cpu, other.cpu),
            max(self.memory, other.memory),
            max(self.storage, other.storage),
            self.unknown + other.unknown,
        )


def requested(group: str, kind: str, body: Field) -> Amounts:
    """Return what an object of this API group ("core" for the legacy one) and kind requests with all its pods.

    Pods follow https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers:
    what runs at once counts, which while an init container runs is that one and the sidecars started before it.
    """
    if (group, kind) == ("core", "PersistentVolumeClaim"):
        return _claim(body)
    if (group, kind) == ("core", "PodTemplate"):
        return Amounts()  # a form for pods: nothing runs
    pods = [_pod(pod) for pod in pods_of(group, kind, body)]
    if not pods:
        return Amounts()
    claims = [_claim(claim) for claim in body.get("spec", "volumeClaimTemplates").items()]
    one = _sum([*pods, *(claims if kind == "StatefulSet" else [])])
    count = _count(body.get(*_COUNTS[kind])) if kind in _COUNTS else 1
    return one + Amounts(unknown=1) if count is None else one.times(count)


def _pod(pod: PodSpecView) -> Amounts:
    at_start, sidecars, running = Amounts(), Amounts(), Amounts()
    for container in pod.spec.get("initContainers").items():
        amounts = _container(container)
        known = Amounts(amounts.cpu, amounts.memory, amounts.storage)  # what is unknown is counted once
        if container.get("restartPolicy").value == "Always":
            sidecars += known
        else:
            at_start = at_start.or_more(sidecars + known)
        running += Amounts(unknown=amounts.unknown)
    for container in pod.spec.get("containers").items():
        running += _container(container)
    effective = at_start.or_more(running + sidecars)
    overhead = _listed(pod.spec.get("overhead"), Field(None))
    return _with_pod_level(effective, pod.spec.get("resources")) + overhead


def _with_pod_level(amounts: Amounts, resources: Field) -> Amounts:
    """Return the amounts with those that the pod states as a whole, which take the place of the containers' sums."""
    whole = _listed(resources.get("requests"), resources.get("limits"))
    given = {
        name for name in ("cpu", "memory") for key in ("requests", "limits") if not resources.get(key, name).is_missing
    }
    return Amounts(
        whole.cpu if "cpu" in given else amounts.cpu,
        whole.memory if "memory" in given else amounts.memory,
        amounts.storage,
        amounts.unknown + whole.unknown,
    )


def _container(container: Field) -> Amounts:
    return _listed(container.get("resources", "requests"), container.get("resources", "limits"))


def _listed(requests: Field, limits: Field) -> Amounts:
    """Return CPU and memory of a list of requests; the API server takes a limit for a request that is not there."""
    found = {}
    unknown = 0
    for name in ("cpu", "memory"):
        field = limits.get(name) if requests.get(name).is_missing else requests.get(name)
        amount = _amount(field)
        unknown += amount is None
        found[name] = amount or 0
    return Amounts(cpu=found["cpu"], memory=found["memory"], unknown=unknown)


def _claim(body: Field) -> Amounts:
    amount = _amount(body.get("spec", "resources", "requests", "storage"))
    return Amounts(unknown=1) if amount is None else Amounts(storage=amount)


def _amount(field: Field) -> int | None:
    """Return the amount in billionths, zero where nothing stands, None for what is no amount, or none yet."""
    if field.is_missing:
        return 0
    try:
        quantity = Quantity.parse(field.value)
    except QuantityError:
        return None
    return quantity.nano if quantity.nano >= 0 else None


def _count(field: Field) -> int | None:
    """Return how many pods: one unless the field says otherwise, None if it holds no count."""
    value = field.value
    if field.is_missing:
        return 1
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _LARGEST_COUNT:
        return None
    return int(value)


def _sum(amounts: list[Amounts]) -> Amounts:
    total = Amounts()
    for one in amounts:
        total += one
    return total
