"""What an executable with everything inside must not pass on to the programs it starts."""

__all__ = ["forget_packing"]

import sys
from collections.abc import MutableMapping
from typing import Final

_LIBRARIES: Final = ("LD_LIBRARY_PATH", "LIBPATH", "DYLD_LIBRARY_PATH")
_KEPT: Final = "_ORIG"
"""Behind a variable's name: what it was before the executable's starter changed it."""

_RESET: Final = "PYINSTALLER_RESET_ENVIRONMENT"


def forget_packing(environment: MutableMapping[str, str], *, packed: bool | None = None) -> None:
    """Make a packed program's environment what its user has; nothing in any other.

    git and ssh would load the libraries packed with us instead of the system's, which may not fit them. A copy of this
    program that outlives us would use our unpacked files, which go when we end: it is told to unpack its own.
    """
    if not (getattr(sys, "frozen", False) if packed is None else packed):
        return
    for name in _LIBRARIES:
        before = environment.pop(f"{name}{_KEPT}", None)
        if before is not None:
            environment[name] = before
        else:
            environment.pop(name, None)
    environment[_RESET] = "1"
