"""Python's garbage collector, held back for a run that makes many objects and keeps nearly all of them."""

__all__ = ["collect_rarely", "rare_collections"]

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_OBJECTS: Final = 50_000
"""How many more objects there have to be, instead of 700, before the youngest are looked through."""


def collect_rarely() -> None:
    """Look through what there is now never again, and through what comes seldom.

    Importing an SDK makes half a million objects that stay; by default the collector goes through them again and again
    while they come. What is used no more is freed as before, but for what refers to itself.
    """
    gc.freeze()
    gc.set_threshold(_OBJECTS, *gc.get_threshold()[1:])


@contextmanager
def rare_collections() -> Iterator[None]:
    """Collect rarely for the block, and as before after it."""
    before = gc.get_threshold()
    collect_rarely()
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
