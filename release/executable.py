"""Executables of `sptcoder` for the system this runs on, with Python and everything else inside."""

__all__ = ["Executables", "build_executables", "try_program"]

import shutil
import sys
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.command import Command
from core.errors import SptFlowError
from release.build_tools import check_build_tools
from release.platforms import Platform, this_platform
from release.sources import ROOT, stage
from sptcoder.version import VERSION

_SPECIFICATION: Final = ROOT / "release" / "sptcoder.spec"
_NOWHERE: Final = "127.0.0.1:9"
_BUILD_SECONDS: Final = 900.0
_TRY_SECONDS: Final = 60.0


@dataclass(frozen=True)
class Executables:
    """One file that needs nothing beside it, and an archive with a folder that starts without unpacking itself."""

    file: Path
    archive: Path


def build_executables(folder: Path) -> Executables:
    """Build both for this system into a folder, and try them.

    Raises SptFlowError on a system there are none for, if something to build with is missing, and if one does not run;
    CommandFailedError if PyInstaller refuses.
    """
    here = this_platform()
    check_build_tools()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="spt-executable-", ignore_cleanup_errors=True) as made:
        built = _pack(Path(made), here)
        try_program(built.file)
        try_program(built.archive / here.program)
        return Executables(
            Path(shutil.copy(built.file, folder / here.executable)), _archive(built.archive, folder, here)
        )


def try_program(program: Path) -> None:
    """Raise SptFlowError unless a program says this version, and comes as far as a server that is not there."""
    nowhere = {"CODER_URL": f"http://{_NOWHERE}", "CODER_SESSION_TOKEN": "none", "SPT_FLOW_SKIP_UPDATE_CHECK": "true"}
    command = Command(str(program), env=nowhere)
    said = command.run("--version", timeout=_TRY_SECONDS).stdout.strip()
    if not said.startswith(f"sptcoder {VERSION} (commit "):
        raise SptFlowError(f"{program.name} says '{said}' instead of version {VERSION}.")
    # Everything heavy is imported on the way there.
    failed = command.run("list", timeout=_TRY_SECONDS, check=False).stderr
    if _NOWHERE not in failed:
        raise SptFlowError(f"{program.name} does not run its command 'list': {' '.join(failed.split())}")


def _pack(place: Path, here: Platform) -> Executables:
    """Run PyInstaller; return the file and, in place of the archive, the folder that goes into it."""
    staged, dist = place / "sources", place / "dist"
    stage(staged)
    # Modules are found where PYTHONPATH says, in PyInstaller's own helper processes too.
    environment = {
        "SPT_FLOW_STAGED": str(staged),
        "PYTHONPATH": str(staged),
        "PYINSTALLER_CONFIG_DIR": str(place / "cache"),
    }
    Command(sys.executable, cwd=place, env=environment).run(
        *("-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR"),
        *("--distpath", str(dist), "--workpath", str(place / "work"), str(_SPECIFICATION)),
        timeout=_BUILD_SECONDS,
    )
    suffix = Path(here.program).suffix
    starter = dist / "folder" / f"starter{suffix}"
    starter.rename(starter.with_name(here.program))
    return Executables(dist / here.program, dist / "folder")


def _archive(packed: Path, folder: Path, here: Platform) -> Path:
    target = folder / here.archive
    if here.system == "windows":
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(packed.rglob("*")):
                archive.write(path, Path(here.folder) / path.relative_to(packed))
        return target
    with tarfile.open(target, "w:gz") as archive:
        archive.add(packed, here.folder, filter=_nobodys)
    return target


def _nobodys(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Leave out who built it."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry
