"""`make mutation`: change the rules in every small way mutmut knows, and see that some test notices each change.

It works in a copy of the tree. Exit code 1 when a mutant survives for which `mutants.yaml` has no reason.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

_ROOT: Final = Path(__file__).resolve().parents[2]
_REASONS: Final = Path(__file__).with_name("mutants.yaml")
_RESULT: Final = re.compile(r"^\s+(?P<name>\S+__mutmut_\d+): (?P<status>.+)$", re.MULTILINE)
_NOTICED: Final = frozenset({"killed", "timeout", "caught by type check", "segfault"})


@dataclass(frozen=True)
class _Change:
    """What a mutant changes: the function, and the lines before and after."""

    function: str
    before: str
    after: str


def main() -> int:
    """Run mutmut with its arguments from the command line; print the survivors and a count of each status."""
    with tempfile.TemporaryDirectory(prefix="spt-mutation-") as name:
        folder = Path(name)
        _copy(folder)
        _mutmut(folder, "run", *sys.argv[1:])
        results = {
            found["name"]: found["status"] for found in _RESULT.finditer(_mutmut(folder, "results", "--all", "1"))
        }
        left = {each: _change(folder, each) for each, status in results.items() if status not in _NOTICED}
    reasons = _reasons()
    unexplained = [name for name, change in left.items() if change not in reasons]
    for name in unexplained:
        sys.stdout.write(f"\n{results[name]}: {name}\n- {left[name].before}\n+ {left[name].after}\n")
    counts = ", ".join(f"{count} {status}" for status, count in sorted(Counter(results.values()).items()))
    sys.stdout.write(f"\n{len(results)} mutants: {counts}; {len(left) - len(unexplained)} of the rest have a reason.\n")
    for change in reasons.keys() - set(left.values()):
        sys.stdout.write(f"No such survivor any more: {change.function}: {change.before}\n")
    return 1 if unexplained or not results else 0


def _copy(folder: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=_ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (_ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(_ROOT / name, folder / name)


def _mutmut(folder: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "mutmut", *arguments]
    # The run itself takes minutes and counts its mutants on a terminal.
    watched = arguments[0] == "run" and sys.stdout.isatty()
    done = subprocess.run(command, cwd=folder, check=False, capture_output=not watched, text=True)
    if done.returncode:
        told = "" if watched else f":\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
        sys.exit(f"mutmut {arguments[0]} failed{told}")
    return done.stdout or ""


def _change(folder: Path, name: str) -> _Change:
    lines = _mutmut(folder, "show", name).splitlines()
    before = " ".join(line[1:].strip() for line in lines if line.startswith("-") and not line.startswith("---"))
    after = " ".join(line[1:].strip() for line in lines if line.startswith("+") and not line.startswith("+++"))
    function = re.sub(r"__mutmut_\d+$", "", name).replace("policies.rules.", "")
    return _Change(re.sub(r"x_|xǁ|ǁ", lambda found: "." if found[0] == "ǁ" else "", function), before, after)


def _reasons() -> dict[_Change, str]:
    entries = yaml.safe_load(_REASONS.read_text(encoding="utf-8")) or []
    return {_Change(each["function"], each["before"], each["after"]): each["reason"] for each in entries}


if __name__ == "__main__":
    sys.exit(main())
