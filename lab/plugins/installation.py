"""Putting provider plugins where the engine looks for them: the official one if there is one, else our edition."""

__all__ = ["EDITIONS", "InstalledPlugin", "find_official", "install_plugins"]

import contextlib
import os
import shlex
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import versions

EDITIONS: Final[Mapping[str, str]] = {
    "command": versions.PULUMI_COMMAND,
    "docker": versions.PULUMI_DOCKER,
    "kubernetes": versions.PULUMI_KUBERNETES,
    "onepassword": versions.PULUMI_ONEPASSWORD,
    "random": versions.PULUMI_RANDOM,
}
"""Our editions by name, with the SDK version each stands for."""

_MARK: Final = "# spt-flow edition of a Pulumi provider plugin"
# Neither an environment variable (commands that the plugin starts would inherit it) nor the working directory (the
# user's) decides where the code comes from.
_LAUNCHER: Final = """#!/bin/sh
{mark}: {name} {version}
exec {python} -I -c 'import runpy, sys
sys.path.insert(0, sys.argv.pop(1))
from core.rare_collections import collect_rarely
collect_rarely()
runpy.run_module("lab.plugins.{name}", run_name="__main__")' {project} "$@"
"""


@dataclass(frozen=True)
class InstalledPlugin:
    """A plugin the engine will find; `official` tells Pulumi's own from an edition of ours."""

    name: str
    version: str
    path: Path
    official: bool


def find_official(name: str, version: str) -> Path | None:
    """Return the official plugin's executable: the user's own Pulumi home has that version, or PATH has any.

    The engine itself prefers a plugin on PATH whatever its version, unless told to ignore those.
    """
    home = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
    installed = home / "plugins" / f"resource-{name}-v{version}" / f"pulumi-resource-{name}"
    if _is_executable(installed) and not _is_edition(installed):
        return installed
    found = shutil.which(f"pulumi-resource-{name}")
    return Path(found) if found and not _is_edition(Path(found)) else None


def install_plugins(
    pulumi_home: Path, *, python: Path, project: Path, official: Mapping[str, Path] | None = None
) -> list[InstalledPlugin]:
    """Make every plugin of EDITIONS available below `pulumi_home`; what is right already is left alone.

    `python` runs the editions from the source tree `project`. `official` names official executables by plugin name;
    the default looks for them, an empty mapping takes our editions only.
    """
    if official is None:
        found = {name: find_official(name, version) for name, version in EDITIONS.items()}
        official = {name: path for name, path in found.items() if path is not None}
    installed = []
    for name, version in EDITIONS.items():
        folder = pulumi_home / "plugins" / f"resource-{name}-v{version}"
        folder.mkdir(parents=True, exist_ok=True)
        # The engine skips a plugin whose installation was interrupted.
        folder.with_name(f"{folder.name}.partial").unlink(missing_ok=True)
        _drop_other_versions(folder, name)
        target = folder / f"pulumi-resource-{name}"
        text = _LAUNCHER.format(
            mark=_MARK, name=name, version=version, python=shlex.quote(str(python)), project=shlex.quote(str(project))
        )
        installed.append(InstalledPlugin(name, version, target, _place(target, text, official.get(name))))
    return installed


def _place(target: Path, launcher: str, official: Path | None) -> bool:
    """Make `target` what it should be; return whether that is an official plugin."""
    if official is not None and official.resolve() != target.resolve():
        if not (target.is_symlink() and target.readlink() == official):
            _replace(target, lambda fresh: fresh.symlink_to(official))
        return True
    if target.is_file() and not target.is_symlink() and not _is_edition(target):
        return True  # somebody installed it right here
    if target.is_symlink() or not target.is_file() or target.read_text(encoding="utf-8") != launcher:
        _replace(target, lambda fresh: _write_executable(fresh, launcher))
    return False


def _replace(target: Path, make: Callable[[Path], object]) -> None:
    fresh = target.with_name(f".{target.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    make(fresh)
    fresh.replace(target)


def _write_executable(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)


def _drop_other_versions(folder: Path, name: str) -> None:
    """Remove editions of ours that stood for another version: the engine would prefer a newer one."""
    for other in folder.parent.glob(f"resource-{name}-v*"):
        program = other / f"pulumi-resource-{name}"
        if other != folder and other.is_dir() and _is_edition(program):
            program.unlink()
            with contextlib.suppress(OSError):  # something else is in there: not ours
                other.rmdir()


def _is_executable(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)


def _is_edition(path: Path) -> bool:
    try:
        with path.open("rb") as content:
            return _MARK.encode() in content.read(200)
    except OSError:
        return False
