"""The name under which a Coder server offers its own program for this machine."""

__all__ = ["program_name"]

from typing import Final

from core.errors import SptFlowError

_SYSTEMS: Final = {"linux": "linux", "darwin": "darwin", "win32": "windows"}
_MACHINES: Final = {
    "x86_64": "amd64",
    "amd64": "amd64",
    "aarch64": "arm64",
    "arm64": "arm64",
    "armv7l": "armv7",
}
_SOURCE: Final = "Coder offers Linux (amd64, arm64, armv7), macOS (amd64, arm64) and Windows (amd64, arm64)"


def program_name(platform: str, machine: str) -> str:
    """Return a name such as `coder-linux-amd64`, from `sys.platform` and `platform.machine()`.

    Raises SptFlowError for a system Coder has no program for. The names are those of the server's `/bin/`.
    """
    system, processor = _SYSTEMS.get(platform), _MACHINES.get(machine.lower())
    if system is None or processor is None or (processor == "armv7" and system != "linux"):
        raise SptFlowError(f"There is no coder program for this machine ({platform}, {machine}); {_SOURCE}.")
    return f"coder-{system}-{processor}{'.exe' if system == 'windows' else ''}"
