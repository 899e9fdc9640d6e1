"""Rule: objects carry the labels by which people and tools find them."""

__all__ = ["OBJECT_LABELS", "RequiredLabels", "check"]

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from core.fields import Field
from core.kubernetes_names import is_label_value
from core.workspace_labels import WORKSPACE_ANNOTATIONS, WORKSPACE_LABELS, WORKSPACE_MARK
from policies.findings import Findings
from policies.resource import Manifest, Resource
from policies.rule import ResourceRule, RuleWords

_APP: Final = "app.kubernetes.io"
_DEFAULT_LABELS: Final[Mapping[str, Sequence[str]]] = {
    f"{_APP}/name": (),
    f"{_APP}/component": (),
    f"{_APP}/part-of": ("spt-flow",),
    f"{_APP}/managed-by": ("pulumi",),
}
_RENDERED: Final[Mapping[str, Sequence[str]]] = {
    f"{_APP}/name": (),
    f"{_APP}/part-of": (),
    f"{_APP}/managed-by": ("Helm",),
}
"""What a chart's objects have: the chart writes them, not this program."""


@dataclass(frozen=True)
class RequiredLabels:
    """Labels of the program's own objects: key -> the values it may have, any if there are none."""

    labels: Mapping[str, Sequence[str]]
    workspace_namespaces: frozenset[str]

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Read the rule's configuration."""
        labels = {key: tuple(values) for key, values in config.get("labels", _DEFAULT_LABELS).items()}
        return cls(labels, frozenset(config.get("workspaceNamespaces", ())))

    def of(self, manifest: Manifest) -> tuple[Mapping[str, Sequence[str]], Sequence[str]]:
        """Return the labels and annotations an object needs."""
        if manifest.origin:
            return _RENDERED, ()
        mark = manifest.body.get("metadata", "labels", WORKSPACE_MARK)
        if mark.text() is not None and manifest.namespace.text() in self.workspace_namespaces:
            return WORKSPACE_LABELS, WORKSPACE_ANNOTATIONS
        return self.labels, ()


def check(resource: Resource, required: RequiredLabels, findings: Findings) -> None:
    """Report objects, and pods of workloads, without a label that is asked for."""
    for manifest in resource.manifests(findings):
        labels, annotations = required.of(manifest)
        title = manifest.subject.title
        for complaint in _complaints(manifest.body.get("metadata"), labels, annotations, findings):
            findings.violation(manifest.subject, f"{title} must have {complaint}.")
        for pod in manifest.pods():
            if pod.metadata.path != manifest.body.get("metadata").path:
                for complaint in _complaints(pod.metadata, labels, (), findings):
                    findings.violation(manifest.subject, f"The pods of {title} must have {complaint}.")


def _complaints(
    metadata: Field, labels: Mapping[str, Sequence[str]], annotations: Sequence[str], findings: Findings
) -> Iterator[str]:
    for key, values in labels.items():
        found = metadata.get("labels", key)
        if findings.is_open(found):
            continue
        text = found.text()
        if found.is_missing or text == "":
            yield f"the label {key}: it has none"
        elif values and text is not None and is_label_value(text) and text not in values:
            # What is no label's value at all is the rule's about names.
            yield f"{' or '.join(values)} in the label {key}: it has another value"
    for key in annotations:
        found = metadata.get("annotations", key)
        if not findings.is_open(found) and not found.text():
            yield f"the annotation {key}: it has none"


OBJECT_LABELS: Final = ResourceRule(
    words=RuleWords(
        name="object-requires-labels",
        title="Objects need labels",
        description=(
            "Every object, and the pods of every workload, must have the recommended labels: name, component, part-of "
            "and managed-by; objects of a workspace those that name its workspace and its owner."
        ),
        remediation=(
            "Build the metadata with object_metadata, or set the labels that labels of this rule's configuration names."
        ),
        tags=("kubernetes", "labels"),
    ),
    properties={
        "labels": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
            "default": {key: list(values) for key, values in _DEFAULT_LABELS.items()},
        },
        "workspaceNamespaces": {"type": "array", "items": {"type": "string"}, "default": []},
    },
    read=RequiredLabels.from_config,
    check=check,
)
"""The rule."""
