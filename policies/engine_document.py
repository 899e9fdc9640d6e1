"""Resources and steps in the JSON that the Pulumi CLI prints, as rules look at them."""

__all__ = ["inputs_of", "name_of", "planned_change", "state_of", "type_of"]

import json
from collections.abc import Mapping
from typing import Any, Final

from pulumi_policy.deserialize import SPECIAL_SECRET_SIG, SPECIAL_SIG_KEY
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE

from core.fields import Field
from policies.change import Change
from policies.judging import known_resource
from policies.secret_values.marks import MarkedText, marked

# What the CLI prints in place of a secret.
_HIDDEN: Final = "[secret]"
_UNREADABLE: Final = MarkedText(UNKNOWN_STRING_VALUE)


def planned_change(step: Mapping[str, Any]) -> Change:
    """Return one of the `steps` of `pulumi preview --json`; it has a `urn`."""
    old, new, urn = state_of(step.get("oldState")), state_of(step.get("newState")), str(step["urn"])
    return Change(
        operation=str(step.get("op", "")),
        type=str((new or old).get("type", type_of(urn))),
        name=name_of(urn),
        urn=urn,
        old=inputs_of(old) if old else Field(None),
        new=inputs_of(new) if new else Field(None),
        is_retained=old.get("retainOnDelete") is True,
    )


def state_of(value: object) -> Mapping[str, Any]:
    """Return a resource's state before or after a step, empty where there is none."""
    return value if isinstance(value, Mapping) else {}


def inputs_of(state: Mapping[str, Any]) -> Field:
    """Return a state's inputs; secrets in clear are what they are, those that the CLI hides are unknown."""
    inputs = state.get("inputs")
    return known_resource(_opened(inputs) if isinstance(inputs, Mapping) else {})


def type_of(urn: str) -> str:
    """Return the type that a URN ends its path of types with, empty for what is no URN."""
    parts = urn.split("::")
    return parts[2].rpartition("$")[2] if len(parts) > 3 else ""  # noqa: PLR2004 - stack, project, types, name


def name_of(urn: str) -> str:
    """Return the name in a URN, which may hold "::" itself."""
    return urn.split("::", 3)[-1]


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
