"""What the Pulumi CLI prints as JSON: the steps of a preview, and the state of a stack."""

__all__ = ["is_preview", "is_state", "read_preview", "read_state"]

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from pulumi_policy.deserialize import SPECIAL_SECRET_SIG, SPECIAL_SIG_KEY
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE

from core.errors import UsageError
from core.fields import Field
from lab.policy_check.check import Location
from lab.policy_check.file_content import FileContent
from policies.change import Change
from policies.findings import Findings
from policies.judging import known_resource
from policies.resource import Resource
from policies.secret_values.marks import MarkedText, marked

# What the CLI prints in place of a secret.
_HIDDEN: Final = "[secret]"
_UNREADABLE: Final = MarkedText(UNKNOWN_STRING_VALUE)
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
        old, new = _state(step.get("oldState")), _state(step.get("newState"))
        operation, urn = str(step.get("op", "")), step["urn"]
        found.changes.append(
            Change(
                operation=operation,
                type=str((new or old).get("type", _type_of(urn))),
                name=_name_of(urn),
                urn=urn,
                old=_inputs(old) if old else Field(None),
                new=_inputs(new) if new else Field(None),
                is_retained=old.get("retainOnDelete") is True,
            )
        )
        if new and operation not in _GONE:
            _add(found, new, urn, name)
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
        type=str(state.get("type") or _type_of(urn)),
        name=_name_of(urn),
        properties=_inputs(state),
        urn=urn,
        is_protected=state.get("protect") is True,
    )
    found.resources.append(resource)
    for subject in (resource.subject, *(manifest.subject for manifest in resource.manifests(Findings()))):
        found.locations[str(subject)] = Location(file)


def _state(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _inputs(state: Mapping[str, Any]) -> Field:
    inputs = state.get("inputs")
    return known_resource(_opened(inputs) if isinstance(inputs, Mapping) else {})


def _opened(value: Any) -> Any:  # noqa: ANN401 - whatever JSON can hold
    """Return a value in which secrets that cannot be read are unknown; those in clear are what they are."""
    if isinstance(value, Mapping):
        if value.get(SPECIAL_SIG_KEY) == SPECIAL_SECRET_SIG:
            return _secret(value)
        return {key: _opened(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_opened(each) for each in value]
    return _UNREADABLE if value == _HIDDEN else value


def _secret(value: Mapping[str, Any]) -> Any:  # noqa: ANN401 - whatever JSON can hold
    plain = value.get("plaintext")
    try:
        return marked(_opened(json.loads(plain))) if isinstance(plain, str) else _UNREADABLE
    except ValueError:
        return _UNREADABLE


def _type_of(urn: str) -> str:
    parts = urn.split("::")
    return parts[2].rpartition("$")[2] if len(parts) > 3 else ""  # noqa: PLR2004 - stack, project, types, name


def _name_of(urn: str) -> str:
    return urn.split("::", 3)[-1]
