"""The badge of a workspace whose template has a newer version: said wherever the workspace is shown, never forced."""

__all__ = ["UPDATE_BADGE", "update_hint"]

from typing import Final

UPDATE_BADGE: Final = "Update available"


def update_hint(name: str) -> str:
    """Return the badge with what to type for it; `name` as the user types it."""
    return f"{UPDATE_BADGE} for {name}: sptcoder restart --update {name}"
