"""`sptcoder` of a checkout, installed for the user as `uv tool install` does it, with the packages of the lock."""

__all__ = ["Installation", "install", "uninstall"]

import os
import sys
import tempfile
from collections.abc import Mapping
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
    uv = _uv()
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


def uninstall() -> None:
    """Take away what `install` has installed; raise CommandFailedError if there is nothing."""
    _uv().run("tool", "uninstall", "--quiet", "sptcoder")


def _uv() -> Command:
    return Command("uv", path=uv_folders(), cwd=ROOT, env=_settings(os.environ))


def _settings(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what uv has to be told to ask where pip asks, and to trust what pip trusts, as lab/bootstrap.sh does."""
    told = {"UV_NO_PROGRESS": "1", "UV_PYTHON_DOWNLOADS": "never", "UV_SYSTEM_CERTS": "true"}
    if not environment.get("UV_DEFAULT_INDEX") and not environment.get("UV_INDEX_URL"):
        index = environment.get("PIP_INDEX_URL") or _configured_index()
        told |= {"UV_DEFAULT_INDEX": index} if index else {}
    if not environment.get("SSL_CERT_FILE") and environment.get("PIP_CERT"):
        told["SSL_CERT_FILE"] = environment["PIP_CERT"]
    return told


def _configured_index() -> str:
    """Return the index in pip's own configuration, empty if it has none or there is no pip to ask."""
    for folder in uv_folders():
        asked = Command(str(folder / "python")).run("-m", "pip", "config", "get", "global.index-url", check=False)
        return asked.stdout.strip() if asked.returncode == 0 else ""
    return ""
