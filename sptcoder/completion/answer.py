"""The hidden command that the shells' scripts call: candidates on stdout, a line each, and never an error."""

__all__ = ["run"]

import sys
from collections.abc import Sequence

from sptcoder.completion.candidates import candidates


def run(words: Sequence[str]) -> None:
    """Print word and explanation, a tab between; the last of `words` is `=` and the word being typed."""
    before, current = list(words[:-1]), words[-1].removeprefix("=") if words else ""
    try:
        found = candidates(before, current)
    except Exception:  # noqa: BLE001 - a message in the middle of somebody's command line helps nobody
        return
    sys.stdout.writelines(f"{word}\t{about}\n" if about else f"{word}\n" for word, about in found)
