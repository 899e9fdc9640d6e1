"""The hidden command of the process that asks for the newest release behind a command."""

__all__ = ["run"]

from collections.abc import Sequence

from sptcoder.updates.source import refresh_release


def run(_words: Sequence[str]) -> None:
    """Ask and keep the answer."""
    refresh_release()
