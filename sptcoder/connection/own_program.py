"""How other programs start this one."""

__all__ = ["own_words"]

import shutil
import sys
from pathlib import Path
from typing import Final

_NAME: Final = "sptcoder"


def own_words(invoked_as: str | None = None) -> list[str]:
    """Return the words that start this program from anywhere, whichever way it was installed.

    A path that the user started it by is kept as it is, and not resolved: it stays right through updates.
    """
    if getattr(sys, "frozen", False):
        return [sys.executable]
    started = Path(sys.argv[0] if invoked_as is None else invoked_as)
    if started.stem.lower() == _NAME and started.is_file():
        return [str(started.absolute())]
    found = shutil.which(_NAME)
    return [found] if found else [sys.executable, "-m", _NAME]
