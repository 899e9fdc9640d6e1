"""`sptcoder` of a checkout, installed for the user as `uv tool install` does it, with the packages of the lock."""

__all__ = ["Installation", "install"]

import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.command import Command
from core.uv import uv_folders
from release.sources import ROOT
from release.wheel import build_wheel

_SECONDS: Final = 600.0


@dataclass(frozen=True)
class Installation:
    """The installed program, and whether its folder is one where the shell looks for programs."""

    program: Path
    on_path: bool


def install() -> Installation:
    """Build the wheel and install it, in place of one that was installed before.

    Raises CommandFailedError if uv cannot: a package index that is not reached, a foreign program in the way.
    """
    uv = Command("uv", path=uv_folders(), cwd=ROOT)
    with tempfile.TemporaryDirectory(prefix="spt-install-") as made:
        wheel, constraints = build_wheel(Path(made)), Path(made) / "constraints.txt"
        uv.run(
            *("export", "--quiet", "--frozen", "--no-header", "--no-hashes", "--no-emit-project"),
            *("--only-group", "cli", "--output-file", str(constraints)),
        )
        # The interpreter that the environment was made from: the environment itself may go away.
        python = Path(sys.base_prefix) / "bin" / Path(sys.executable).resolve().name
        uv.run(
            *("tool", "install", "--quiet", "--force", "--reinstall-package", "sptcoder"),
            *("--constraints", str(constraints), "--python", str(python if python.exists() else sys.executable)),
            str(wheel),
            timeout=_SECONDS,
        )
    folder = Path(uv.run("tool", "dir", "--bin").stdout.strip())
    return Installation(folder / "sptcoder", str(folder) in os.environ.get("PATH", "").split(os.pathsep))
