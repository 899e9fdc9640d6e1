"""What `pulumi preview --json` says would happen: one change a resource, read from the CLI's document."""

__all__ = ["Change", "Operation", "Plan", "PropertyChange", "read_plan"]

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from core.errors import UsageError

_URN: Final = "urn:pulumi:"
_ROOT: Final = "pulumi:pulumi:Stack"
_PROVIDER: Final = "pulumi:providers:"
_MOST_BYTES: Final = 512 * 1024 * 1024


class Operation(StrEnum):
    """What happens to a resource; a replacement in several steps is one."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    SAME = "same"
    OTHER = "other"


# The CLI's names: sdk/go/common/apitype/events.go of github.com/pulumi/pulumi.
_OPERATIONS: Final = {
    "create": Operation.CREATE,
    "import": Operation.CREATE,
    "update": Operation.UPDATE,
    "replace": Operation.REPLACE,
    "create-replacement": Operation.REPLACE,
    "delete-replaced": Operation.REPLACE,
    "import-replacement": Operation.REPLACE,
    "read-replacement": Operation.REPLACE,
    "discard-replaced": Operation.REPLACE,
    "delete": Operation.DELETE,
    "same": Operation.SAME,
}


@dataclass(frozen=True)
class PropertyChange:
    """One property that differs: its path, and `add`, `update` or `delete`, with "-replace" if it forces one."""

    path: str
    kind: str

    @property
    def forces_replacement(self) -> bool:
        """Say whether the resource cannot keep living with this change."""
        return self.kind.endswith("-replace")


@dataclass(frozen=True)
class Change:
    """One resource: its inputs as they stand (`old`) and as they will be (`new`), empty where there is none."""

    operation: Operation
    type: str
    name: str
    old: Mapping[str, Any] = field(default_factory=dict)
    new: Mapping[str, Any] = field(default_factory=dict)
    properties: tuple[PropertyChange, ...] = ()

    @property
    def kind(self) -> str:
        """Return the type's last part: "Deployment" of "kubernetes:apps/v1:Deployment"."""
        return self.type.rsplit(":", 1)[-1]

    @property
    def is_own(self) -> bool:
        """Say whether it is the stack itself or a provider, which nobody reviews."""
        return self.type == _ROOT or self.type.startswith(_PROVIDER)


@dataclass(frozen=True)
class Plan:
    """A stack's changes in the CLI's order, what stays the same among them if the preview listed it.

    `failures` are the preview's own errors; `unlisted` counts resources that stay the same and are not listed.
    """

    stack: str
    changes: tuple[Change, ...]
    failures: tuple[str, ...] = ()
    unlisted: int = 0

    def having(self, *operations: Operation) -> list[Change]:
        """Return the changes of these kinds by type and name, without the stack's and the providers' own."""
        found = [change for change in self.changes if change.operation in operations and not change.is_own]
        return sorted(found, key=lambda change: (change.type, change.name))

    @property
    def is_empty(self) -> bool:
        """Say whether nothing would happen."""
        return not [change for change in self.changes if change.operation is not Operation.SAME]


def read_plan(path: Path) -> Plan:
    """Read a file that `pulumi preview --json` wrote; raise UsageError for anything else."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise UsageError(f"{path} is larger than {_MOST_BYTES >> 20} MiB; no preview of a stack is.")
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read ({error.strerror}).", next_command="make ci-preview STACK=staging"
        ) from None
    except (ValueError, RecursionError):
        document = None
    steps = document.get("steps", []) if isinstance(document, Mapping) else None
    if not isinstance(steps, list) or not isinstance(document, Mapping) or not document.keys() & {"steps", "duration"}:
        raise UsageError(
            f"{path} is not what `pulumi preview --json` writes: a JSON object with 'steps' is expected.",
            next_command="make ci-preview STACK=staging",
        )
    return _plan(document, [step for step in steps if isinstance(step, Mapping)])


def _plan(document: Mapping[str, Any], steps: list[Mapping[str, Any]]) -> Plan:
    changes: dict[str, Change] = {}
    stack = ""
    for step in steps:
        urn = str(step.get("urn", ""))
        stack = stack or urn.removeprefix(_URN).partition("::")[0]
        changes[urn] = _joined(changes.get(urn), _change(urn, step))
    counted = _mapping(document.get("changeSummary")).get("same", 0)
    listed = sum(change.operation is Operation.SAME for change in changes.values())
    return Plan(
        stack=stack,
        changes=tuple(changes.values()),
        failures=tuple(_failures(document)),
        unlisted=max(0, counted - listed) if isinstance(counted, int) else 0,
    )


def _change(urn: str, step: Mapping[str, Any]) -> Change:
    old, new = _mapping(step.get("oldState")), _mapping(step.get("newState"))
    detailed = _mapping(step.get("detailedDiff"))
    plain = step.get("diffReasons") if isinstance(step.get("diffReasons"), list) else []
    properties = [
        PropertyChange(str(path), str(_mapping(diff).get("kind", "update"))) for path, diff in detailed.items()
    ]
    operation = _OPERATIONS.get(str(step.get("op")), Operation.OTHER)
    return Change(
        operation=operation,
        type=_type(urn),
        name=urn.rsplit("::", 1)[-1],
        old={} if operation is Operation.CREATE else _mapping(old.get("inputs")),
        new={} if operation is Operation.DELETE else _mapping(new.get("inputs")),
        properties=tuple(properties or [PropertyChange(str(path), "update") for path in plain or ()]),
    )


def _joined(known: Change | None, change: Change) -> Change:
    """Return one change for the steps of a replacement, which has old and new inputs in different steps."""
    if known is None:
        return change
    operation = Operation.REPLACE if Operation.REPLACE in (known.operation, change.operation) else change.operation
    return Change(
        operation=operation,
        type=change.type,
        name=change.name,
        old=known.old or change.old,
        new=known.new or change.new,
        properties=known.properties or change.properties,
    )


def _type(urn: str) -> str:
    """Return the resource's own type; a URN has those of its parents before it, joined by "$"."""
    parts = urn.split("::")
    return parts[2].rsplit("$", 1)[-1] if len(parts) > 3 else ""  # noqa: PLR2004 - stack, project, types, name


def _failures(document: Mapping[str, Any]) -> list[str]:
    listed = document.get("diagnostics") if isinstance(document.get("diagnostics"), list) else []
    texts = [str(one.get("message", "")) for one in listed or () if _mapping(one).get("severity") == "error"]
    return [text.strip().removeprefix("error: ") for text in dict.fromkeys(texts) if text.strip()]


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
