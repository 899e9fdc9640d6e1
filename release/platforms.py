"""The systems there are executables for, and how their files are called."""

__all__ = ["PLATFORMS", "Platform", "this_platform"]

import platform
from dataclasses import dataclass
from typing import Final

from core.errors import SptFlowError
from sptcoder.version import VERSION

_MACHINES: Final = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


@dataclass(frozen=True)
class Platform:
    """A system (linux, darwin, windows) on a kind of machine (amd64, arm64)."""

    system: str
    machine: str

    @property
    def program(self) -> str:
        """Return how the program is called there."""
        return "sptcoder.exe" if self.system == "windows" else "sptcoder"

    @property
    def executable(self) -> str:
        """Return the name of the one-file executable."""
        return self._stem + (".exe" if self.system == "windows" else "")

    @property
    def archive(self) -> str:
        """Return the name of the archive with a folder that starts faster, for package managers."""
        return self._stem + (".zip" if self.system == "windows" else ".tar.gz")

    @property
    def folder(self) -> str:
        """Return the name of the one folder in the archive."""
        return self._stem

    @property
    def _stem(self) -> str:
        return f"sptcoder-{VERSION}-{self.system}-{self.machine}"


PLATFORMS: Final = (
    Platform("linux", "amd64"),
    Platform("linux", "arm64"),
    Platform("darwin", "amd64"),
    Platform("darwin", "arm64"),
    Platform("windows", "amd64"),
)
"""Each has a job in the release workflow, on a machine of its kind: executables are not made for others."""


def this_platform() -> Platform:
    """Return what this machine is; raise SptFlowError if there are no executables for its kind."""
    system, machine = platform.system().lower(), platform.machine().lower()
    found = Platform(system, _MACHINES.get(machine, machine))
    if found not in PLATFORMS:
        known = ", ".join(f"{each.system} {each.machine}" for each in PLATFORMS)
        raise SptFlowError(
            f"There are no executables for {system} on {machine}, only for: {known}.",
            next_command="make release-wheel",
        )
    return found
