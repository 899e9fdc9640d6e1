"""An event loop for Pulumi's mocks, which want a current one; nobody promises what an earlier test has left."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from pulumi.runtime.settings import ROOT


@contextmanager
def own_event_loop() -> Iterator[None]:
    """Make a new loop the current one for the block, in which no stack exists yet: one of another loop never ends.

    After it, loop and stack are those from before: blocks may be nested.
    """
    before, stack = _current_loop(), ROOT.get()
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    ROOT.set(None)
    try:
        yield
    finally:
        ROOT.set(stack)
        asyncio.set_event_loop(before)
        loop.close()


def _current_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_event_loop_policy().get_event_loop()
    except RuntimeError:
        return None
