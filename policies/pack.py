"""What is in the pack: its name and its rules."""

__all__ = ["NAME", "RULES"]

from typing import Any, Final

from policies.rule import Rule
from policies.rules.workload_limits import WORKLOAD_LIMITS

NAME: Final = "spt-flow"
"""The pack's name, as the engine shows it."""

RULES: Final[tuple[Rule[Any], ...]] = (WORKLOAD_LIMITS,)
"""Every rule of the pack."""
