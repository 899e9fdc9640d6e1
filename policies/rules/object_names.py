"""Rule: names, labels and annotations are of the shape and length that the API server takes."""

__all__ = ["OBJECT_NAMES", "check"]

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from core.fields import Field
from core.kubernetes_names import (
    is_label,
    is_label_value,
    is_path_segment,
    is_qualified_name,
    is_service_name,
    is_subdomain,
)
from policies.findings import Findings
from policies.resource import Manifest, Resource
from policies.rule import ResourceRule, RuleWords

_ANNOTATION_BYTES: Final = 256 * 1024


@dataclass(frozen=True)
class _Shape:
    """What a name has to be."""

    title: str
    matches: Callable[[str], bool]
    length: int = 253


_SUBDOMAIN: Final = _Shape("a DNS subdomain (RFC 1123)", is_subdomain)
_LABEL: Final = _Shape("a DNS label (RFC 1123)", is_label, 63)
_SEGMENT: Final = _Shape("a path segment", is_path_segment)
_RBAC: Final = "rbac.authorization.k8s.io"
_SHAPES: Final[Mapping[tuple[str, str], _Shape]] = {
    ("core", "Namespace"): _LABEL,
    ("core", "Service"): _Shape("a DNS label that begins with a letter (RFC 1035)", is_service_name, 63),
    # Its revisions' label is the name, a hyphen and ten digits.
    ("apps", "StatefulSet"): _Shape("a DNS label (RFC 1123)", is_label, 52),
    # The controller adds eleven characters for each job.
    ("batch", "CronJob"): _Shape("a DNS subdomain (RFC 1123)", is_subdomain, 52),
    # Its pods carry the name as a label.
    ("batch", "Job"): _Shape("a DNS subdomain (RFC 1123)", is_subdomain, 63),
    (_RBAC, "Role"): _SEGMENT,
    (_RBAC, "ClusterRole"): _SEGMENT,
    (_RBAC, "RoleBinding"): _SEGMENT,
    (_RBAC, "ClusterRoleBinding"): _SEGMENT,
}
"""API group and kind -> the shape of its names; all others are subdomains."""


def check(resource: Resource, _config: Mapping[str, Any], findings: Findings) -> None:
    """Report names, label and annotation keys and values that the API server would refuse, or cut."""
    for manifest in resource.manifests(findings):
        subject = manifest.subject
        metadata = manifest.body.get("metadata")
        complaints = [*_name_complaints(manifest, findings), *_metadata_complaints(metadata, findings)]
        for complaint in complaints:
            findings.violation(subject, f"{subject.title} must have {complaint}.")
        for pod in manifest.pods():
            if pod.metadata.path != manifest.body.get("metadata").path:
                for complaint in _metadata_complaints(pod.metadata, findings):
                    findings.violation(subject, f"The pods of {subject.title} must have {complaint}.")
            for container in pod.containers():
                name = container.fields.get("name")
                if not findings.is_open(name) and not is_label(name.string()):
                    sentence = (
                        f"The {container.title} of {subject.title} must have a DNS label as its name: it has none."
                    )
                    findings.violation(subject, sentence)


def _name_complaints(manifest: Manifest, findings: Findings) -> Iterator[str]:
    shape = _SHAPES.get((manifest.group, manifest.kind), _SUBDOMAIN)
    for key in ("name", "namespace"):
        found = manifest.body.get("metadata", key)
        wanted = shape if key == "name" else _LABEL
        # One that is missing is another rule's.
        if findings.is_open(found) or found.is_missing:
            continue
        text = found.text()
        if text is None or not (text and wanted.matches(text)):
            yield f"{wanted.title} as its {key}: it is none"
        elif len(text) > wanted.length:
            yield f"a {key} of at most {wanted.length} characters: it has {len(text)}"


def _metadata_complaints(metadata: Field, findings: Findings) -> Iterator[str]:
    labels, annotations = metadata.get("labels"), metadata.get("annotations")
    for word, field in (("labels", labels), ("annotations", annotations)):
        if not findings.is_open(field) and not field.is_missing and not field.is_mapping:
            yield f"{word} that are an object: they are none"
    for number, (key, value) in enumerate(labels.entries()):
        yield from _key_complaints("label", key, number)
        text = value.text()
        if not findings.is_open(value) and (text is None or not is_label_value(text)):
            where = _shown(key, number)
            yield f"a label's value (at most 63 letters, digits, '-', '_', '.') in {where}: it has another"
    size = 0
    for number, (key, value) in enumerate(annotations.entries()):
        yield from _key_complaints("annotation", key.lower(), number)
        text = value.text()
        if text is not None:
            size += len(key.encode()) + len(text.encode(errors="replace"))
        elif not findings.is_open(value):
            yield f"a string in the annotation {_shown(key, number)}: its value is none"
    if size > _ANNOTATION_BYTES:
        yield f"annotations of at most {_ANNOTATION_BYTES} bytes together: they have {size}"


def _key_complaints(word: str, key: str, number: int) -> Iterator[str]:
    if not is_qualified_name(key):
        yield f"{word} keys that are qualified names, such as example.com/name: {word} #{number} has another"


def _shown(key: str, number: int) -> str:
    return key if is_qualified_name(key) else f"#{number}"


OBJECT_NAMES: Final = ResourceRule(
    words=RuleWords(
        name="object-requires-valid-names",
        title="Names are within Kubernetes' limits",
        description=(
            "Names of objects, namespaces and containers, keys and values of labels, and annotations must be of the "
            "shape and length that Kubernetes takes for their kind."
        ),
        remediation=(
            "Use lower-case letters, digits and hyphens; at most 63 characters for Services, namespaces, containers "
            "and Jobs, 52 for CronJobs and StatefulSets, 253 for others; strings as values of labels and annotations."
        ),
        tags=("kubernetes", "names"),
    ),
    read=lambda config: config,
    check=check,
)
"""The rule."""
