"""Keeping the SDK's debug lines at home: it would send each of them to the engine, which shows none of them."""

__all__ = ["without_debug_lines"]

from collections.abc import Iterator
from contextlib import contextmanager

from pulumi import log


@contextmanager
def without_debug_lines() -> Iterator[None]:
    """Let `pulumi.log.debug` do nothing for the block.

    The SDK calls it several times for each resource, and each call waits for the engine's answer.
    """
    loud = log.debug
    log.debug = _say_nothing
    try:
        yield
    finally:
        log.debug = loud


def _say_nothing(*_: object, **__: object) -> None:
    pass
