"""Where the project's own uv is, which lab/bootstrap.sh installs beside the caches of the lab."""

__all__ = ["uv_folders"]

import os
import re
from pathlib import Path
from typing import Final

_REQUIREMENTS: Final = Path(__file__).resolve().parents[1] / "lab" / "toolchain" / "uv-requirements.txt"
_PIN: Final = re.compile(r"^uv==([0-9.]+)", re.MULTILINE)


def uv_folders() -> tuple[Path, ...]:
    """Return the folder of the uv that lab/bootstrap.sh has installed; nothing if it has not."""
    configured = os.environ.get("XDG_CACHE_HOME", "")
    cache = Path(configured) if configured.startswith("/") else Path.home() / ".cache"
    pinned = _PIN.search(_REQUIREMENTS.read_text(encoding="utf-8"))
    folder = cache / "spt-flow" / f"uv-{pinned[1] if pinned else ''}" / "bin"
    return (folder,) if (folder / "uv").is_file() else ()
