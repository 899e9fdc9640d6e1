"""Every pod inside a Kubernetes object, whatever kind of workload wraps it, its containers and its volumes."""

__all__ = ["ContainerView", "PodSpecView", "VolumeView", "pods_of"]

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from core.fields import Field
from core.kubernetes_names import is_label

_TEMPLATE: Final = ("spec", "template")
# API group and kind -> where the object with the pod's `metadata` and `spec` is. Versions do not matter here.
_POD_PATHS: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    ("core", "Pod"): (),
    ("core", "PodTemplate"): ("template",),
    ("core", "ReplicationController"): _TEMPLATE,
    ("apps", "DaemonSet"): _TEMPLATE,
    ("apps", "Deployment"): _TEMPLATE,
    ("apps", "ReplicaSet"): _TEMPLATE,
    ("apps", "StatefulSet"): _TEMPLATE,
    ("extensions", "DaemonSet"): _TEMPLATE,
    ("extensions", "Deployment"): _TEMPLATE,
    ("extensions", "ReplicaSet"): _TEMPLATE,
    ("batch", "CronJob"): ("spec", "jobTemplate", "spec", "template"),
    ("batch", "Job"): _TEMPLATE,
}
_CONTAINER_LISTS: Final = {
    "containers": "container",
    "initContainers": "init container",
    "ephemeralContainers": "ephemeral container",
}


@dataclass(frozen=True)
class ContainerView:
    """One container of a pod: `kind` in words, `index` in its list, `fields` its properties."""

    kind: str
    index: int
    fields: Field

    @property
    def title(self) -> str:
        """Return how to call the container in a sentence; only a well-formed name is repeated."""
        name = self.fields.get("name").text()
        return f"{self.kind} '{name}'" if name is not None and is_label(name) else f"{self.kind} #{self.index}"


@dataclass(frozen=True)
class VolumeView:
    """One volume of a pod: `index` in its list, `fields` its properties."""

    index: int
    fields: Field

    @property
    def title(self) -> str:
        """Return how to call the volume in a sentence; only a well-formed name is repeated."""
        name = self.fields.get("name").text()
        return f"volume '{name}'" if name is not None and is_label(name) else f"volume #{self.index}"


@dataclass(frozen=True)
class PodSpecView:
    """One pod, or pod template: its `metadata` and `spec`."""

    metadata: Field
    spec: Field

    def containers(self) -> Iterator[ContainerView]:
        """Yield every container that is known to be there: regular, init, sidecar, ephemeral."""
        return iter(self._containers)

    @cached_property
    def _containers(self) -> tuple[ContainerView, ...]:
        return tuple(self._found_containers())

    def _found_containers(self) -> Iterator[ContainerView]:
        for key, kind in _CONTAINER_LISTS.items():
            for index, fields in enumerate(self.spec.get(key).items()):
                is_sidecar = key == "initContainers" and fields.get("restartPolicy").value == "Always"
                yield ContainerView("sidecar container" if is_sidecar else kind, index, fields)

    def lists(self) -> Iterator[Field]:
        """Yield the three fields that hold containers: regular, init, ephemeral ones."""
        for key in _CONTAINER_LISTS:
            yield self.spec.get(key)

    def volumes(self) -> Iterator[VolumeView]:
        """Yield every volume that is known to be there."""
        for index, fields in enumerate(self.spec.get("volumes").items()):
            yield VolumeView(index, fields)


def pods_of(group: str, kind: str, body: Field) -> Iterator[PodSpecView]:
    """Yield the pods of an object by its API group ("core" for the legacy one) and kind; nothing for other kinds."""
    path = _POD_PATHS.get((group, kind))
    if path is not None:
        pod = body.get(*path)
        yield PodSpecView(metadata=pod.get("metadata"), spec=pod.get("spec"))
