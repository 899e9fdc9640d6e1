"""What Coder's chart knows from which version on."""

__all__ = ["CHART", "KEYS_SINCE", "chart_version"]

import re
from collections.abc import Mapping
from typing import Final

CHART: Final = "coder"
"""The chart's name, in whatever repository it is."""

KEYS_SINCE: Final[Mapping[str, str]] = {
    "coder.serviceAccount.workspaceNamespaces": "2.27.3",
    "coder.strategy": "2.27.0",
    "coder.priorityClassName": "2.27.0",
    "coder.livenessProbe.enabled": "2.27.0",
    "coder.readinessProbe.enabled": "2.27.0",
    "coder.httproute": "2.34.0",
    "coder.listenerset": "2.34.0",
}
"""The first version whose chart knows a key. Charts before 2.27 take of a probe the initial delay alone."""


def chart_version(text: str) -> tuple[int, ...]:
    """Return the numbers of an exact version, to compare with others; what follows "-" or "+" does not count."""
    return tuple(int(part) for part in re.split(r"[-+]", text, maxsplit=1)[0].split("."))
