"""The programs that look at images: those of `make image-tools`, found where it has put them."""

__all__ = ["image_tool"]

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from core.command import Command
from core.errors import CommandNotFoundError, SptFlowError

_NEXT: Final = "make image-tools"


def image_tool(name: str, environment: Mapping[str, str] | None = None) -> Command:
    """Return syft, grype or cosign; raise SptFlowError where it has not been built."""
    configured = os.environ.get("XDG_CACHE_HOME", "")
    cache = Path(configured) if configured.startswith("/") else Path.home() / ".cache"
    command = Command(name, env=dict(environment or {}), path=[cache / "spt-flow" / "bin"])
    try:
        command.locate()
    except CommandNotFoundError:
        raise SptFlowError(f"The program {name} is not there.", next_command=_NEXT) from None
    return command
