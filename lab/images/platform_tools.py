"""The image that the platform's jobs run in: its name follows from the project's own code, which is its top layer."""

__all__ = ["PLATFORM_TOOLS_CONFIG", "PLATFORM_TOOLS_NAME", "platform_tools_reference", "project_entries"]

import hashlib
from collections.abc import Iterator
from pathlib import Path

import versions
from lab.images.archive import ImageConfig
from lab.images.layer import File
from lab.images.parts import NOBODY, labels, reference
from lab.images.python_packages import PACKAGES_FOLDER, python_packages_fingerprint

PLATFORM_TOOLS_NAME = "platform-tools"

_ROOT = Path(__file__).parents[2]
_CODE = ("core", "jobs", "microvm", "sptcoder", "ports.py", "versions.py")
_CODE_FOLDER = "/opt/spt-flow/code"
_DIGITS = 12

PLATFORM_TOOLS_CONFIG = ImageConfig(
    entrypoint=("python3", "-m", "jobs"),
    user=f"{NOBODY}:{NOBODY}",
    working_directory=_CODE_FOLDER,
    environment={
        "LANG": "C.UTF-8",
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": f"{_CODE_FOLDER}:{PACKAGES_FOLDER}",
        "PYTHONUNBUFFERED": "1",
    },
    labels=labels(PLATFORM_TOOLS_NAME, versions.PLATFORM, "https://www.debian.org", "LicenseRef-Debian AND Apache-2.0"),
)


def platform_tools_reference() -> str:
    """Return the image's reference. Its tag is of the content, so that a changed job is a changed pod."""
    digest = hashlib.sha256(f"{python_packages_fingerprint()}\0{PLATFORM_TOOLS_CONFIG!r}\0".encode())
    for entry in project_entries():
        content = entry.content.read_bytes() if isinstance(entry.content, Path) else entry.content
        digest.update(f"{entry.path}\0{len(content)}\0".encode() + content)
    return reference(PLATFORM_TOOLS_NAME, f"{versions.PLATFORM}-{digest.hexdigest()[:_DIGITS]}")


def project_entries() -> list[File]:
    """Return the project's code as it is in the checkout now, as the image's files."""
    return [File(f"{_CODE_FOLDER}/{path.relative_to(_ROOT)}", path) for name in _CODE for path in _files(_ROOT / name)]


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    for found in sorted(path.rglob("*")):
        hidden = any(part.startswith(".") or part == "__pycache__" for part in found.relative_to(path).parts)
        if found.is_file() and not hidden:
            yield found
