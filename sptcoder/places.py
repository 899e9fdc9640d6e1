"""Where this program keeps things on its user's machine; light to import, since each command may ask."""

__all__ = ["cache_folder", "config_path", "legacy_path", "state_folder"]

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_FOLDER: Final = "spt-flow"
_FILE: Final = "config.yaml"
_LEGACY: Final = ".spt-flow.yaml"


def config_path(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """Return `$XDG_CONFIG_HOME/spt-flow/config.yaml`, by default below `~/.config`; on Windows below `%APPDATA%`."""
    return _base(environment, platform, "XDG_CONFIG_HOME", "APPDATA", ".config") / _FOLDER / _FILE


def legacy_path(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """Return `~/.spt-flow.yaml`, which is read as long as there is no other file, and never written."""
    return _home(environment, platform) / _LEGACY


def cache_folder(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """Return the folder of what may be lost: `$XDG_CACHE_HOME/spt-flow`; on Windows `%LOCALAPPDATA%/spt-flow`."""
    return _base(environment, platform, "XDG_CACHE_HOME", "LOCALAPPDATA", ".cache") / _FOLDER


def state_folder(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """Return the folder of what a user may want again: `$XDG_STATE_HOME/spt-flow`; on Windows `%LOCALAPPDATA%`."""
    return _base(environment, platform, "XDG_STATE_HOME", "LOCALAPPDATA", ".local/state") / _FOLDER


def _base(environment: Mapping[str, str], platform: str, variable: str, windows: str, below_home: str) -> Path:
    # The XDG variables count on every system: whoever sets them means them. Relative ones do not, says the standard.
    for name in (variable, *((windows,) if platform == "win32" else ())):
        found = environment.get(name, "")
        if found and Path(found).is_absolute():
            return Path(found)
    return _home(environment, platform) / below_home


def _home(environment: Mapping[str, str], platform: str) -> Path:
    found = environment.get("USERPROFILE" if platform == "win32" else "HOME")
    return Path(found) if found else Path.home()
