"""The newest release this machine has heard of, kept in a file of the cache."""

__all__ = ["Heard", "is_newer", "known_release", "last_heard", "remember"]

import json
import os
import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from sptcoder.places import cache_folder

_FORM: Final = re.compile(r"v?(\d{1,9})\.(\d{1,9})\.(\d{1,9})")
_FILE: Final = "newest-release.json"


class Heard(NamedTuple):
    """When the release source was last asked, seconds since the epoch, and the version it named, if it did."""

    at: float
    version: str | None


def last_heard(environment: Mapping[str, str] = os.environ) -> Heard | None:
    """Return what the cache has; None if it has nothing that can be read."""
    try:
        content = json.loads(_path(environment).read_text(encoding="utf-8"))
        at, version = float(content["at"]), content["version"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    # What comes from elsewhere goes to a terminal: nothing but a version may.
    return Heard(at, version if isinstance(version, str) and _FORM.fullmatch(version) else None)


def remember(version: str | None, environment: Mapping[str, str] = os.environ) -> None:
    """Keep what the source named now; with None the version known before stays. Raises OSError."""
    before = last_heard(environment)
    kept = version if version is not None or before is None else before.version
    path = _path(environment)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{os.getpid()}")
    temporary.write_text(json.dumps({"at": time.time(), "version": kept}), encoding="utf-8")
    temporary.replace(path)


def known_release(environment: Mapping[str, str] = os.environ) -> str | None:
    """Return the newest version heard of, such as `1.2.3`, None if nothing is known."""
    heard = last_heard(environment)
    return heard.version.removeprefix("v") if heard is not None and heard.version is not None else None


def is_newer(version: str, than: str) -> bool:
    """Compare two versions of three numbers; what is no version is never newer."""
    new, old = _FORM.fullmatch(version), _FORM.match(than)
    return new is not None and old is not None and _numbers(new) > _numbers(old)


def _numbers(found: re.Match[str]) -> tuple[int, ...]:
    return tuple(map(int, found.groups()))


def _path(environment: Mapping[str, str]) -> Path:
    return cache_folder(environment) / _FILE
