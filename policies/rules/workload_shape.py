"""Rule: what rules look at in a workload has the shape that Kubernetes gives it, so that nothing hides in another."""

__all__ = ["WORKLOAD_SHAPE", "check"]

from collections.abc import Iterator, Mapping
from typing import Final

from core.fields import Field
from policies.findings import Findings
from policies.resource import Manifest, Resource
from policies.rule import ResourceRule, RuleWords
from policies.subjects.pod_places import Place, places_of

_OBJECT: Final = "an object"
_OBJECTS: Final = "a list of objects"
_TEXTS: Final = "a list of texts"
_MAP_OF_TEXTS: Final = "an object of texts"

_SECURITY: Final[Mapping[str, str]] = {
    "securityContext": _OBJECT,
    "securityContext.appArmorProfile": _OBJECT,
    "securityContext.seccompProfile": _OBJECT,
    "securityContext.seLinuxOptions": _OBJECT,
    "securityContext.windowsOptions": _OBJECT,
    "resources": _OBJECT,
    "resources.claims": _OBJECTS,
    "resources.limits": _OBJECT,
    "resources.requests": _OBJECT,
}
_POD: Final[Mapping[str, str]] = {
    **_SECURITY,
    "containers": _OBJECTS,
    "ephemeralContainers": _OBJECTS,
    "initContainers": _OBJECTS,
    "resourceClaims": _OBJECTS,
    "securityContext.sysctls": _OBJECTS,
    "volumes": _OBJECTS,
}
_HANDLERS: Final = ("livenessProbe", "readinessProbe", "startupProbe", "lifecycle.postStart", "lifecycle.preStop")
_CONTAINER: Final[Mapping[str, str]] = {
    **_SECURITY,
    **{f"{handler}{part}": _OBJECT for handler in _HANDLERS for part in ("", ".httpGet", ".tcpSocket")},
    "args": _TEXTS,
    "command": _TEXTS,
    "env": _OBJECTS,
    "envFrom": _OBJECTS,
    "lifecycle": _OBJECT,
    "ports": _OBJECTS,
    "securityContext.capabilities": _OBJECT,
    "securityContext.capabilities.add": _TEXTS,
    "securityContext.capabilities.drop": _TEXTS,
    "volumeDevices": _OBJECTS,
    "volumeMounts": _OBJECTS,
}
_METADATA: Final = {"annotations": _MAP_OF_TEXTS, "labels": _MAP_OF_TEXTS}


def check(resource: Resource, _config: None, findings: Findings) -> None:
    """Report workloads without a pod, pods without containers, and values of another shape than Kubernetes reads."""
    for manifest in resource.manifests(findings):
        for pod in manifest.pods():
            _check_presence(Place(manifest, pod), findings)
        for shape, field in _metadata(manifest):
            _check_shape(manifest, manifest.subject.title, field, shape, findings)
    for place in places_of(resource, findings):
        for path, shape in (_POD if place.container is None else _CONTAINER).items():
            _check_shape(place.manifest, place.title, place.fields.get(*path.split(".")), shape, findings)
        if place.container is None:
            for volume in place.pod.volumes():
                title = f"The {volume.title} of {place.manifest.subject.title}"
                for _, source in _sources(volume.fields):
                    _check_shape(place.manifest, title, source, _OBJECT, findings)


def _check_presence(place: Place, findings: Findings) -> None:
    spec, containers = place.pod.spec, place.pod.spec.get("containers")
    if spec.unknown is None and not spec.is_mapping:
        findings.violation(
            place.manifest.subject, f"{place.manifest.subject.title} must have the spec of a pod: it has none."
        )
    elif containers.is_missing or (containers.is_sequence and not list(containers.items())):
        place.violation(findings, "must have containers: it has none.")


def _metadata(manifest: Manifest) -> Iterator[tuple[str, Field]]:
    for pod in manifest.pods():
        yield _OBJECT, manifest.body.get("metadata")
        yield _OBJECT, pod.metadata
        for key, shape in _METADATA.items():
            yield shape, pod.metadata.get(key)


def _sources(volume: Field) -> Iterator[tuple[str, Field]]:
    return ((key, source) for key, source in volume.entries() if key != "name")


def _check_shape(manifest: Manifest, title: str, field: Field, shape: str, findings: Findings) -> None:
    """Report the field if something stands there that has another shape; what is unknown inside it may be right."""
    if findings.is_open(field) or field.is_missing or _has_shape(field, shape):
        return
    name = field.path.rpartition(".")[2]
    told = name if name.isascii() and name.isalpha() else "part of it"
    findings.violation(manifest.subject, f"{title} must have {shape} as its {told}: it is something else.")


def _has_shape(field: Field, shape: str) -> bool:
    if shape == _OBJECT:
        return field.is_mapping
    if shape == _MAP_OF_TEXTS:
        values = [value for _, value in field.entries()]
        return field.is_mapping and all(value.unknown is not None or value.text() is not None for value in values)
    elements = [element for element in field.items() if element.unknown is None]
    is_right = [element.is_mapping if shape == _OBJECTS else element.text() is not None for element in elements]
    return field.is_sequence and all(is_right)


WORKLOAD_SHAPE: Final = ResourceRule(
    words=RuleWords(
        name="workload-has-valid-shape",
        title="Workloads are well-formed",
        description="What rules look at in a workload must have the shape that Kubernetes gives it.",
        remediation="Write the field as the Kubernetes API reference has it.",
        tags=("kubernetes",),
    ),
    read=lambda _: None,
    check=check,
)
"""The rule. The others pass over what they cannot read: this one lets nothing pass that they could not."""
