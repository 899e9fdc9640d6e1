"""Every pod inside a Kubernetes resource, whatever kind of workload wraps it, and every container inside a pod."""

__all__ = ["ContainerView", "PodSpecView", "pod_specs"]

from collections.abc import Iterator
from dataclasses import dataclass
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
_TOKEN_PARTS: Final = 3


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
class PodSpecView:
    """One pod, or pod template: its `metadata` and `spec`."""

    metadata: Field
    spec: Field

    def containers(self) -> Iterator[ContainerView]:
        """Yield every container that is known to be there: regular, init, sidecar, ephemeral."""
        for key, kind in _CONTAINER_LISTS.items():
            for index, fields in enumerate(self.spec.get(key).items()):
                is_sidecar = key == "initContainers" and fields.get("restartPolicy").value == "Always"
                yield ContainerView("sidecar container" if is_sidecar else kind, index, fields)

    def unknowns(self) -> Iterator[Exception]:
        """Yield why a list of containers cannot be seen yet, for each list of which that is so."""
        for key in _CONTAINER_LISTS:
            error = self.spec.get(key).unknown
            if error is not None:
                yield error


def pod_specs(
    resource_type: str, props: object, unknown_errors: tuple[type[Exception], ...] = ()
) -> Iterator[PodSpecView]:
    """Yield the pods of a resource by its Pulumi type token ("kubernetes:apps/v1:Deployment"); lists are opened.

    `props` is the resource's body, plain or behind proxies that raise `unknown_errors` for values not known yet.
    """
    parts = resource_type.split(":")
    if len(parts) != _TOKEN_PARTS or parts[0] != "kubernetes":
        return
    group = parts[1].partition("/")[0]
    yield from _pods_of(group, parts[2], Field(props, unknown_errors=unknown_errors))


def _pods_of(group: str, kind: str, body: Field) -> Iterator[PodSpecView]:
    path = _POD_PATHS.get((group, kind))
    if path is not None:
        pod = body.get(*path)
        yield PodSpecView(metadata=pod.get("metadata"), spec=pod.get("spec"))
    elif kind.endswith("List"):
        for item in body.get("items").items():
            yield from _pods_of(*_kind_of(item, group, kind.removesuffix("List")), item)


def _kind_of(item: Field, group: str, kind: str) -> tuple[str, str]:
    """Return group and kind of a list's element: its own, or those that the list's kind implies."""
    api_version = item.get("apiVersion").text()
    if api_version is not None:
        group = api_version.partition("/")[0] if "/" in api_version else "core"
    return group, item.get("kind").text() or kind
