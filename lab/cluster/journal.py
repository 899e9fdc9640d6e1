"""What the lab changes on the host, written down before it is done, so that it can be undone whatever happens."""

__all__ = ["Change", "Journal"]

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

Kind = Literal["cgroup", "controller", "device", "rule", "sysctl"]


@dataclass(frozen=True)
class Change:
    """One change. `subject` identifies it within its kind; `before` and `ours` are values, where there are any."""

    kind: Kind
    subject: str
    before: str = ""
    ours: str = ""


class Journal:
    """An append-only file of changes, one JSON line each; a line cut off by a crash is ignored."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def entries(self) -> list[Change]:
        """Return the changes in the order they were made."""
        try:
            lines = self._path.read_text(errors="replace").splitlines()
        except FileNotFoundError:
            return []
        return [change for line in lines if (change := _parse(line)) is not None]

    def record(self, change: Change) -> None:
        """Write `change` to disk, unless one of its kind and subject is there: the first value before counts."""
        if any(known.kind == change.kind and known.subject == change.subject for known in self.entries()):
            return
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        text = json.dumps([change.kind, change.subject, change.before, change.ours])
        with self._path.open("a") as stream:
            # A line that a crash cut off must not swallow this one.
            stream.write(("" if self._ends_whole() else "\n") + text + "\n")
            stream.flush()
            os.fsync(stream.fileno())

    def clear(self) -> None:
        """Forget everything: it has been undone."""
        self._path.unlink(missing_ok=True)

    def _ends_whole(self) -> bool:
        data = self._path.read_bytes()
        return not data or data.endswith(b"\n")


def _parse(line: str) -> Change | None:
    try:
        kind, subject, before, ours = json.loads(line)
    except (ValueError, TypeError):
        return None
    if kind not in get_args(Kind) or not all(isinstance(value, str) for value in (subject, before, ours)):
        return None
    return Change(kind, subject, before, ours)
