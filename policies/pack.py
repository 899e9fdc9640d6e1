"""What is in the pack: its name and its rules."""

__all__ = ["CHANGE_RULES", "NAME", "RULES"]

from typing import Any, Final

from policies.change_rule import ChangeRule
from policies.rule import EngineRule
from policies.rules.image_digests import IMAGE_DIGESTS
from policies.rules.image_registries import IMAGE_REGISTRIES
from policies.rules.image_tags import IMAGE_TAGS
from policies.rules.volume_replacement import VOLUME_REPLACEMENT
from policies.rules.workload_limits import WORKLOAD_LIMITS

NAME: Final = "spt-flow"
"""The pack's name, as the engine shows it."""

RULES: Final[tuple[EngineRule[Any], ...]] = (
    WORKLOAD_LIMITS,
    IMAGE_TAGS,
    IMAGE_REGISTRIES,
    IMAGE_DIGESTS,
)
"""Every rule that the engine runs."""

CHANGE_RULES: Final[tuple[ChangeRule[Any], ...]] = (VOLUME_REPLACEMENT,)
"""Every rule about what a plan does to things that are there; the engine shows no policy its plan."""
