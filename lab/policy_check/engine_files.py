"""What the Pulumi CLI prints as JSON: the steps of a preview, and the state of a stack."""

__all__ = ["is_preview", "is_state", "read_preview", "read_state"]

from collections.abc import Mapping, Sequence
from typing import Any, Final

from core.errors import UsageError
from lab.policy_check.check import Location
from lab.policy_check.file_content import FileContent
from policies.engine_document import inputs_of, name_of, planned_change, state_of, type_of
from policies.findings import Findings
from policies.resource import Resource

_GONE: Final = frozenset(
    {"delete", "delete-replaced", "discard", "discard-replaced", "read-discard", "remove-pending-replace"}
)


def is_preview(content: Mapping[str, Any]) -> bool:
    """Say whether this is what `pulumi preview --json` prints."""
    return "changeSummary" in content or isinstance(content.get("steps"), list)


def is_state(content: Mapping[str, Any]) -> bool:
    """Say whether this is what `pulumi stack export` prints."""
    return isinstance(content.get("deployment"), Mapping)


def read_preview(content: Mapping[str, Any], name: str) -> FileContent:
    """Return the resources that there would be, and the steps that lead there."""
    steps = _listed(content.get("steps"), f"{name} looks like a preview, but its steps are")
    found = FileContent(gap=_gap(content, steps))
    for step in steps:
        if not isinstance(step, Mapping) or not isinstance(step.get("urn"), str):
            raise UsageError(f"{name} looks like a preview, but one of its steps has no URN.")
        change, new = planned_change(step), state_of(step.get("newState"))
        found.changes.append(change)
        if new and change.operation not in _GONE:
            _add(found, new, change.urn, name)
    return found


def read_state(content: Mapping[str, Any], name: str) -> FileContent:
    """Return the resources of a state; those that wait for their deletion are left out."""
    found = FileContent()
    resources = content["deployment"].get("resources")
    for resource in _listed(resources, f"{name} looks like a state, but its resources are"):
        if not isinstance(resource, Mapping) or not isinstance(resource.get("urn"), str):
            raise UsageError(f"{name} looks like a state, but one of its resources has no URN.")
        if resource.get("delete") is not True:
            _add(found, resource, resource["urn"], name)
    return found


def _listed(value: object, what: str) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise UsageError(f"{what} no list.")
    return value


def _gap(content: Mapping[str, Any], steps: Sequence[object]) -> str:
    summary = content.get("changeSummary")
    left_out = summary.get("same", 0) if isinstance(summary, Mapping) else 0
    shown = sum(1 for step in steps if isinstance(step, Mapping) and step.get("op") == "same")
    if not isinstance(left_out, int) or left_out <= shown:
        return ""
    return f"the preview leaves out {left_out - shown} unchanged resources; make it with --show-sames"


def _add(found: FileContent, state: Mapping[str, Any], urn: str, file: str) -> None:
    resource = Resource(
        type=str(state.get("type") or type_of(urn)),
        name=name_of(urn),
        properties=inputs_of(state),
        urn=urn,
        is_protected=state.get("protect") is True,
    )
    found.resources.append(resource)
    for subject in (resource.subject, *(manifest.subject for manifest in resource.manifests(Findings()))):
        found.locations[str(subject)] = Location(file)
