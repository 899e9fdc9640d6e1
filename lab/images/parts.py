"""What the lab's own images have in common: names, labels, users, certificates, a static busybox."""

__all__ = [
    "CERTIFICATES",
    "NOBODY",
    "User",
    "base_entries",
    "busybox_entries",
    "busybox_version",
    "check_parts",
    "labels",
    "program",
    "reference",
]

import re
from dataclasses import dataclass
from pathlib import Path

from core.command import Command
from core.errors import SptFlowError
from lab.images.layer import Directory, Entry, File, Symlink

CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
"""The CA bundle of this machine, which is the images' too: a network with its own CA works inside as outside."""
NOBODY = 65532
"""User and group of the programs that own nothing."""
_REPOSITORY = "localhost/spt-flow"


@dataclass(frozen=True)
class User:
    """A name in /etc/passwd and /etc/group; the group has the user's name and number."""

    name: str
    uid: int
    home: str
    shell: str = "/bin/false"


_NONROOT = User("nonroot", NOBODY, "/")


def reference(name: str, version: str) -> str:
    """Return the reference that the lab's runtime knows an image of ours by."""
    return f"{_REPOSITORY}/{name}:{version}"


def labels(title: str, version: str, source: str, licence: str) -> dict[str, str]:
    """Return the OCI annotations of an image; `licence` is an SPDX expression."""
    values = {"title": title, "version": version, "source": source, "licenses": licence}
    return {f"org.opencontainers.image.{key}": value for key, value in values.items()}


def program(source: Path, path: str) -> File:
    """Return an executable of this machine at `path` in the image."""
    return File(path, source, mode=0o755)


def base_entries(user: User = _NONROOT) -> list[Entry]:
    """Return what a static program expects of a root file system: names for its users, a CA bundle, a /tmp."""
    passwd = (
        f"root:x:0:0:root:/root:/bin/sh\n{user.name}:x:{user.uid}:{user.uid}:{user.name}:{user.home}:{user.shell}\n"
    )
    return [
        File("/etc/passwd", passwd.encode()),
        File("/etc/group", f"root:x:0:\n{user.name}:x:{user.uid}:\n".encode()),
        File(str(CERTIFICATES), CERTIFICATES),
        Directory("/tmp", 0o1777),  # noqa: S108 - in the image
    ]


def busybox_entries(programs: Path) -> list[Entry]:
    """Return /bin/busybox from `programs` and a link for each of its applets."""
    applets = sorted(set(_busybox(programs).run("--list-full").stdout.split()) - {"bin/busybox"})
    return [
        program(programs / "busybox", "/bin/busybox"),
        *(Symlink(f"/{applet}", "/bin/busybox") for applet in applets),
    ]


def busybox_version(programs: Path) -> str:
    """Return the version that the busybox in `programs` says it has."""
    banner = re.match(r"BusyBox v([\d.]+)", _busybox(programs).run("--help", check=False).stdout)
    return banner[1] if banner else "unknown"


def check_parts(*needed: Path) -> None:
    """Raise SptFlowError for the first file that an image is made of and that is not there."""
    for path in needed:
        if not path.is_file():
            raise SptFlowError(
                f"The file {path}, which the lab's images are made of, is missing.", next_command="make up"
            )


def _busybox(programs: Path) -> Command:
    return Command(str(programs / "busybox"))
