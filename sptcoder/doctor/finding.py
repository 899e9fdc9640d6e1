"""What the doctor found, one matter at a time."""

__all__ = ["Finding", "State", "fine", "note", "problem"]

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.errors import SptFlowError


class State(StrEnum):
    """How it stands: `note` is worth knowing and no fault."""

    FINE = "ok"
    NOTE = "note"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Finding:
    """One matter: its name, how it stands, a sentence, what to type next; `kind` is its explanation's name, if any."""

    matter: str
    state: State
    text: str
    next_command: str | None = None
    kind: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the finding as `--json` prints it."""
        return {
            "matter": self.matter,
            "state": self.state.value,
            "text": self.text,
            "next": self.next_command,
            "kind": self.kind,
        }


def fine(matter: str, text: str) -> Finding:
    """Return a matter that is as it should be."""
    return Finding(matter, State.FINE, text)


def note(matter: str, text: str, next_command: str | None = None, kind: str | None = None) -> Finding:
    """Return a matter worth knowing."""
    return Finding(matter, State.NOTE, text, next_command, kind)


def problem(
    matter: str, found: str | SptFlowError, next_command: str | None = None, kind: str | None = None
) -> Finding:
    """Return a fault, in words or as the error that tells of it."""
    if isinstance(found, SptFlowError):
        return Finding(matter, State.PROBLEM, found.message, next_command or found.next_command, kind)
    return Finding(matter, State.PROBLEM, found, next_command, kind)
