"""httpx without its command line, which it imports wherever click and rich happen to be installed."""

__all__ = ["spare_command_line"]

import sys
from typing import cast


def spare_command_line() -> None:
    """Let httpx, imported later, do as if its extra `cli` were missing; one that is imported already stays as it is.

    The command line is a quarter of what starting the kubernetes plugin costs, and nobody here calls it.
    """
    # None is how Python is told that a module cannot be imported; typeshed knows modules only.
    cast("dict[str, object]", sys.modules).setdefault("httpx._main", None)
