"""The last words of a component, for error messages."""

__all__ = ["log_tail"]

import json
import os
from pathlib import Path

_READ = 16 * 1024
_LINES = 3
_LINE_LENGTH = 300


def log_tail(path: Path) -> str:
    """Return the last lines of a log, errors preferred, in one line; empty when there is no log."""
    try:
        with path.open("rb") as stream:
            stream.seek(max(0, path.stat().st_size - _READ), os.SEEK_SET)
            lines = [line.strip() for line in stream.read().decode(errors="replace").splitlines() if line.strip()]
    except OSError:
        return ""
    # klog marks errors by their first letter, logfmt by a level.
    marks = ("level=error", "level=fatal", "error: ", "fatal: ", "Error: ")
    lines = [_plain(line) for line in lines]
    grave = [line for line in lines if line[:2] in {"E1", "E0", "F1", "F0"} or any(mark in line for mark in marks)]
    distinct = list(dict.fromkeys(line[:_LINE_LENGTH] for line in reversed(grave or lines)))
    return " | ".join(reversed(distinct[:_LINES]))


def _plain(line: str) -> str:
    """Return the words of a JSON line (etcd writes such), any other line as it is."""
    if not line.startswith("{"):
        return line
    try:
        entry = json.loads(line)
    except ValueError:
        return line
    return ": ".join(str(entry[key]) for key in ("level", "msg", "error") if key in entry)
