"""What a lab on one machine cannot give, one plain line each; said at the end of every `up`."""

__all__ = ["declare_limits"]

from typing import Final

import versions
from lab.plugins.installation import InstalledPlugin
from lab.progress import Progress

_LIMITS: Final = (
    ("NetworkPolicy enforcement", "the lab's pod network stores policies and does not enforce them"),
    ("volume sizes", "the lab's volumes are folders on this machine's disk; their size is not enforced"),
    (
        "Coder's web page and its Tasks",
        f"the lab's Coder {versions.CODER_LAB} is built from its Go module, which holds API, CLI and agent only",
    ),
)


def declare_limits(progress: Progress, plugins: list[InstalledPlugin]) -> None:
    """Record each limit of the lab, and which of Pulumi's official plugins an edition of ours stands in for."""
    for what, reason in _LIMITS:
        progress.left_out(what, reason)
    editions = sorted(plugin.name for plugin in plugins if not plugin.official)
    if editions:
        progress.left_out(
            f"Pulumi's official plugins ({', '.join(editions)})",
            "not installed on this machine; the lab's small editions run in their place",
        )
