"""What the image's build says about each tool: had, in which version and from where, or missing, and why."""

__all__ = ["REPORT", "BuildReport", "ToolEntry", "read_build_report"]

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from core.errors import UsageError

REPORT: Final = Path("/usr/share/spt-flow/build-report.json")
"""Where the image has it."""

_SLIM: Final = "slim"
_LEFT_OUT_OF_SLIM: Final = frozenset(
    (
        "claude",
        "claude-flow",
        "docker",
        "dockerd",
        "firecracker",
        "gh",
        "go",
        "kuasar",
        "kubectl",
        "nex",
        "op",
        "qemu",
        "rust",
        "rust-wasm",
        "wash",
        "wasm-pack",
    )
)
"""What the small target of the Dockerfile does without, so that its report is silent about them."""

_NUMBER: Final = re.compile(r"\d+(?:\.\d+)+")


@dataclass(frozen=True)
class ToolEntry:
    """One tool: `missing` is the reason why it is not in the image, None if it is in it."""

    tool: str
    version: str = ""
    source: str = ""
    missing: str | None = None

    def contradicts(self, message: str) -> bool:
        """Say whether a sentence with version numbers has none that begins like this version, or the other way round.

        Packages have versions with more to them ("2.39.5-0+deb12u1") than programs print.
        """
        own = _NUMBER.search(self.version)
        said = _NUMBER.findall(message)
        if own is None or not said:
            return False
        return not any(_begins(number, own[0]) or _begins(own[0], number) for number in said)


@dataclass(frozen=True)
class BuildReport:
    """Every tool the build was about, and its target; `problem` says why there is no report to compare with."""

    tools: Mapping[str, ToolEntry] = field(default_factory=dict)
    target: str = ""
    problem: str | None = None

    def reason(self, tool: str) -> str | None:
        """Return why a tool is not in the image, None if the report does not say so."""
        entry = self.tools.get(tool)
        if entry is None and self.target == _SLIM and tool in _LEFT_OUT_OF_SLIM:
            return f"not part of the target {_SLIM}"
        return None if entry is None else entry.missing


def read_build_report(path: Path) -> BuildReport:
    """Return the report; one that is not there is a report about nothing. Raise UsageError for one that is none."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return BuildReport(problem=f"There is no build report at {path}: this is not the workspace image.")
    except OSError as error:
        raise UsageError(f"The build report {path} cannot be read: {error.strerror}.") from None
    try:
        fields = json.loads(text)
        entries = [_entry(each) for each in fields["tools"]]
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path} is not a build report: {type(error).__name__} at {error}.") from None
    return BuildReport({entry.tool: entry for entry in entries}, target=str(fields.get("target") or ""))


def _entry(fields: Mapping[str, Any]) -> ToolEntry:
    missing = fields.get("missing")
    return ToolEntry(
        tool=str(fields["tool"]),
        version=str(fields.get("version") or ""),
        source=str(fields.get("source") or ""),
        missing=None if missing is None else str(missing),
    )


def _begins(longer: str, shorter: str) -> bool:
    return longer == shorter or longer.startswith(shorter + ".")
