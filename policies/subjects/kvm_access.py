"""The ways a pod gets at /dev/kvm: as a resource, as a path of its node, as a device, by CDI, by a device claim."""

__all__ = ["is_kvm_resource", "kvm_amounts", "kvm_devices", "reaches_kvm"]

import re
from collections.abc import Collection, Iterator
from typing import Final

from core.fields import Field
from policies.subjects.node_path import NodePath
from policies.subjects.pod_places import Place

_WORD: Final = re.compile(r"[^a-z0-9]+", re.ASCII)
_DEVICE: Final = NodePath.parse("/dev/kvm")
# Below /proc every process has a link to the root of the node.
_PROCESSES: Final = NodePath.parse("/proc")
_ANNOTATIONS: Final = ("cdi.k8s.io/", "io.kubernetes.cri-o.Devices")


def is_kvm_resource(name: str, known: Collection[str]) -> bool:
    """Say whether an extended resource gives /dev/kvm: it is listed, or "kvm" is a word of its last part."""
    return name in known or ("/" in name and "kvm" in _WORD.split(name.rpartition("/")[2].lower()))


def reaches_kvm(text: str) -> bool:
    """Say whether a path of the node is /dev/kvm, has it below, or may be a way round to it."""
    path = NodePath.parse(text)
    is_copy = path.segments[-2:] == _DEVICE.segments or _DEVICE.holds(path)
    return is_copy or path.holds(_DEVICE) or _PROCESSES.holds(path)


def kvm_amounts(place: Place, known: Collection[str]) -> Iterator[tuple[str, str, Field]]:
    """Yield "requests" or "limits", name and amount of each resource of a container, or pod, that gives /dev/kvm."""
    for kind in ("requests", "limits"):
        for name, amount in place.fields.get("resources", kind).entries():
            if is_kvm_resource(name, known):
                yield kind, name, amount


def kvm_devices(place: Place) -> Iterator[str]:
    """Yield, as the end of "must not ...", how a pod or container asks for devices by other ways than resources."""
    if place.container is not None:
        for device in place.fields.get("volumeDevices").items():
            text = device.get("devicePath").text()
            if text is not None and reaches_kvm(text):
                yield "have a volume as its device /dev/kvm"
        if list(place.fields.get("resources", "claims").items()):
            yield "use a device claim"
        return
    if list(place.fields.get("resourceClaims").items()):
        yield "use device claims"
    for key, value in place.pod.metadata.get("annotations").entries():
        if not value.is_missing and any(key.startswith(each) for each in _ANNOTATIONS):
            yield "ask for devices by an annotation"
