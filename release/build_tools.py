"""What PyInstaller needs of a Linux machine beside its own package."""

__all__ = ["check_build_tools", "missing_build_tools"]

import shutil
import sys
import sysconfig
from pathlib import Path
from typing import Final

from core.errors import SptFlowError

_PROGRAMS: Final = ("objcopy", "objdump")


def missing_build_tools() -> list[str]:
    """Return the Debian packages that are missing here; none on other systems, whose Pythons bring everything."""
    if sys.platform != "linux":
        return []
    missing = [] if all(map(shutil.which, _PROGRAMS)) else ["binutils"]
    library = str(sysconfig.get_config_var("INSTSONAME") or "")
    if library.startswith("libpython") and ".so" in library and not any(map(Path.is_file, _places(library))):
        missing.append(library.partition(".so")[0])
    return missing


def check_build_tools() -> None:
    """Raise SptFlowError if something is missing."""
    missing = " ".join(missing_build_tools())
    if missing:
        raise SptFlowError(
            f"Executables cannot be built here: {missing} is missing.",
            next_command=f"sudo apt-get install --no-install-recommends {missing}",
        )


def _places(library: str) -> list[Path]:
    folder = Path(str(sysconfig.get_config_var("LIBDIR") or "/usr/lib"))
    return [folder / library, folder / str(sysconfig.get_config_var("MULTIARCH") or "") / library]
