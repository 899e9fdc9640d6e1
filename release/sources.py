"""The files of a checkout that a release of `sptcoder` is made of, laid out as they are installed."""

__all__ = ["ROOT", "stage"]

import ast
import json
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from core.command import Command
from sptcoder.templates.bundled import BUNDLED_FOLDER

ROOT: Final = Path(__file__).resolve().parents[1]
"""The checkout."""

_PACKAGE: Final = "sptcoder"
_SHARED: Final = "core"
_TEMPLATES: Final = "templates"
_DIGITS: Final = 12


def stage(target: Path) -> None:
    """Fill a new folder with the packages `sptcoder` and as much of `core` as it imports.

    The templates go into the package, and so does release.json with the commit: twelve digits of it, with `-changed`
    behind them if files differ from it.
    """
    git = Command("git", cwd=ROOT)
    listed = git.run("ls-files", "-z", "--cached", "--others", "--exclude-standard", _PACKAGE, _SHARED, _TEMPLATES)
    tracked = [Path(name) for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]
    package = [path for path in tracked if path.parts[0] == _PACKAGE]
    shared = _imported_modules(ROOT / path for path in package if path.suffix == ".py")
    for path in package:
        _copy(path, target / path)
    for path in tracked:
        if path.parts[0] == _TEMPLATES:
            _copy(path, target / _PACKAGE / BUNDLED_FOLDER / path.relative_to(_TEMPLATES))
        elif path.parts[0] == _SHARED and path.as_posix() in shared:
            _copy(path, target / path)
    changed = git.run("status", "--porcelain", "--", _PACKAGE, _SHARED, _TEMPLATES).stdout
    commit = git.run("rev-parse", "HEAD").stdout.strip()[:_DIGITS] + ("-changed" if changed.strip() else "")
    (target / _PACKAGE / "release.json").write_text(json.dumps({"commit": commit}) + "\n", encoding="utf-8")


def _copy(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / path, target)


def _imported_modules(sources: Iterable[Path]) -> set[str]:
    """Return the files of `core` that these sources import, and that those import in their turn."""
    wanted = {f"{_SHARED}/__init__.py"}
    waiting = list(sources)
    while waiting:
        for name in _names(waiting.pop()):
            file = f"{name.replace('.', '/')}.py"
            if file not in wanted and (ROOT / file).is_file():
                wanted.add(file)
                waiting.append(ROOT / file)
    return wanted


def _names(source: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == _SHARED:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == _SHARED)
