"""Labels of workspaces: what each has, so that people, policies and the reaper know whose it is."""

__all__ = ["label_rules"]

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from components.admission_rules.cel import joined, literal
from components.admission_rules.rule import AdmissionRule
from core.workspace_labels import WORKSPACE_ANNOTATIONS, WORKSPACE_LABELS, WORKSPACE_MARK

_OWN: Final = "dyn(object)"
_POD: Final = "variables.pod"


def label_rules(namespaces: Collection[str], labels: Mapping[str, Sequence[str]]) -> list[AdmissionRule]:
    """Return the rule: objects with a workspace's mark have its labels, others the platform's `labels`."""
    marked = f"{_OWN}.?metadata.?labels[?{literal(WORKSPACE_MARK)}].hasValue()"
    # What a controller makes has what its template says: labels, but annotations only if it likes.
    is_owned = f"{_OWN}.?metadata.?ownerReferences.orValue([]).size() > 0"
    of_workspace = joined(
        *_all(_OWN, "variables.title", WORKSPACE_LABELS),
        *_all(_POD, '"The pods of " + variables.title', WORKSPACE_LABELS),
        *(f"({is_owned} ? [] : {_annotation(key)})" for key in WORKSPACE_ANNOTATIONS),
    )
    of_platform = joined(
        *_all(_OWN, "variables.title", labels), *_all(_POD, '"The pods of " + variables.title', labels)
    )
    here = f"request.namespace in {literal(sorted(namespaces))}"
    complaints = f"!({here}) ? [] :\n{marked} ? (\n{of_workspace}) : (\n{of_platform})"
    return [AdmissionRule("object-requires-labels", complaints)]


def _all(of: str, title: str, labels: Mapping[str, Sequence[str]]) -> list[str]:
    is_pod = 'request.kind.kind == "Pod" ? [] : ' if of == _POD else ""
    return [f"({is_pod}{_label(of, title, key, values)})" for key, values in labels.items()]


def _label(of: str, title: str, key: str, values: Sequence[str]) -> str:
    found = f'{of}.?metadata.?labels[?{literal(key)}].orValue("")'
    missing = f"{title} + {literal(f' must have the label {key}: it has none.')}"
    if not values:
        return f'{found} == "" ? [{missing}] : []'
    allowed = " or ".join(values)
    other = f"{title} + {literal(f' must have {allowed} in the label {key}: it has another value.')}"
    return f'{found} == "" ? [{missing}] : !({found} in {literal(values)}) ? [{other}] : []'


def _annotation(key: str) -> str:
    found = f'{_OWN}.?metadata.?annotations[?{literal(key)}].orValue("")'
    return f'{found} == "" ? [variables.title + {literal(f" must have the annotation {key}: it has none.")}] : []'
