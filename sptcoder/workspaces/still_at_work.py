"""Ctrl-C while a command waits: the server goes on, and the user is told how to come back."""

__all__ = ["StillAtWorkError", "goes_on"]

from collections.abc import Iterator
from contextlib import contextmanager

from sptcoder.cli.application import StoppedError


class StillAtWorkError(StoppedError):
    """The user stopped waiting for something that the server goes on with."""

    def __init__(self, what: str, next_command: str) -> None:
        super().__init__()
        self.message = f"Stopped waiting; the {what} goes on."
        self.next_command = next_command


@contextmanager
def goes_on(what: str, name: str) -> Iterator[None]:
    """Say of a block that Ctrl-C ends the waiting only; `what` is, for example, `stop of 'shop'`."""
    try:
        yield
    except KeyboardInterrupt:
        raise StillAtWorkError(what, f"sptcoder status {name}") from None
