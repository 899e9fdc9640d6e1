"""The wheel of `sptcoder`, for `pipx install` and `uv tool install`."""

__all__ = ["build_wheel", "distribution", "requirements"]

import json
import shutil
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any, Final

from core.command import Command
from core.errors import SptFlowError
from release.sources import ROOT, stage
from sptcoder.version import VERSION

_GROUP: Final = "cli"
_ENTRY: Final = "sptcoder.__main__:main"


def build_wheel(folder: Path) -> Path:
    """Build the wheel into a folder, without asking the network, and return its path.

    The same commit gives the same bytes. Raises CommandFailedError if the build backend refuses.
    """
    folder.mkdir(parents=True, exist_ok=True)
    seconds = Command("git", cwd=ROOT).run("log", "-1", "--format=%ct").stdout.strip()
    with tempfile.TemporaryDirectory(prefix="spt-wheel-") as made:
        staged = Path(made) / "sources"
        stage(staged)
        shutil.copy(ROOT / "LICENSE", staged)
        shutil.copy(ROOT / "docs" / "cli.md", staged / "README.md")
        (staged / "pyproject.toml").write_text(distribution(), encoding="utf-8")
        backend = Command(sys.executable, cwd=staged, env={"SOURCE_DATE_EPOCH": seconds})
        backend.run("-m", "hatchling", "build", "-t", "wheel", "-d", str(Path(made) / "dist"))
        built = next((Path(made) / "dist").glob("*.whl"), None)
        if built is None:
            raise SptFlowError("The build of the wheel ended well but made no wheel.")
        return Path(shutil.copy(built, folder))


def requirements() -> list[str]:
    """Return what `sptcoder` depends on: the checkout's dependency group for it."""
    groups: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    return [str(requirement) for requirement in groups[_GROUP]]


def distribution() -> str:
    """Return the pyproject.toml of the distribution."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    # What JSON writes for texts and lists of texts is TOML too.
    return f"""[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "sptcoder"
version = {json.dumps(VERSION)}
description = "From a repository to a ready Coder workspace in one command"
readme = "README.md"
license = "Apache-2.0"
license-files = ["LICENSE"]
requires-python = {json.dumps(project["requires-python"])}
dependencies = {json.dumps(requirements())}

[project.scripts]
sptcoder = {json.dumps(_ENTRY)}
sptCoder = {json.dumps(_ENTRY)}

[tool.hatch.build.targets.wheel]
packages = ["core", "sptcoder"]
"""
