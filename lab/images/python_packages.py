"""The Python packages of the jobs, as the lock pins them, in a tree for the image platform-tools."""

__all__ = ["PACKAGES_FOLDER", "build_python_packages", "python_packages_fingerprint"]

import hashlib
import tomllib
from pathlib import Path
from typing import Any

from lab.images.debian_recipes import PYTHON_PACKAGES
from lab.images.debian_stage import Workshop
from lab.images.python_client import install_requirements, uv
from lab.progress import Step

PACKAGES_FOLDER = "/opt/spt-flow/packages"
"""Where the packages are in the image; it has to be on PYTHONPATH."""

_ROOT = Path(__file__).parents[2]
_LOCK = _ROOT / "uv.lock"
_PROJECT = "spt-flow"
_GROUP = "jobs"


def python_packages_fingerprint() -> str:
    """Return the SHA-256 of the pinned packages, whatever else the lock holds, and of how they are installed."""
    locked = {package["name"]: package for package in tomllib.loads(_LOCK.read_text(encoding="utf-8"))["package"]}
    wanted = _names(locked[_PROJECT]["dev-dependencies"][_GROUP])
    digest = hashlib.sha256(PYTHON_PACKAGES.fingerprint.encode() + Path(__file__).read_bytes())
    seen: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name not in seen:
            seen.add(name)
            wanted += _names(locked[name].get("dependencies", []))
    for name in sorted(seen):
        wheels = sorted(wheel["hash"] for wheel in locked[name].get("wheels", []))
        digest.update(f"\0{name} {locked[name]['version']} {wheels}".encode())
    return digest.hexdigest()


def build_python_packages(workshop: Workshop, root: Path, step: Step) -> None:
    """Put the packages, compiled, below `root` at their place in the image."""
    step.note("fetching Python packages")
    target = root / PACKAGES_FOLDER.lstrip("/")
    target.mkdir(parents=True)
    with workshop.scratch("requirements") as scratch:
        requirements = scratch / "requirements.txt"
        uv(cwd=_ROOT).run(
            *("export", "--quiet", "--frozen", "--no-emit-project", "--only-group", _GROUP),
            *("--output-file", str(requirements)),
        )
        install_requirements(requirements, target)
    with workshop.stage(PYTHON_PACKAGES, step, bind=target):
        # Launchers of packages: their first lines name this machine's Python, and nothing calls them.
        for launcher in (target / "bin").glob("*"):
            launcher.unlink()


def _names(dependencies: list[dict[str, Any]]) -> list[str]:
    return [str(dependency["name"]) for dependency in dependencies]
