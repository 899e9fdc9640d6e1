"""Versions that name one release of a chart and no other."""

__all__ = ["is_exact_version"]

import re
from typing import Final

_NUMBER: Final = r"(0|[1-9][0-9]{0,8})"
_PARTS: Final = r"[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*"
_VERSION: Final = re.compile(rf"v?{_NUMBER}\.{_NUMBER}\.{_NUMBER}(-{_PARTS})?(\+{_PARTS})?", re.ASCII)
_LONGEST: Final = 128


def is_exact_version(text: str) -> bool:
    """Say whether the text is one version by semver.org: no range, no part left out, no word such as latest."""
    return len(text) <= _LONGEST and _VERSION.fullmatch(text) is not None
