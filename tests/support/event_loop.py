"""An event loop for Pulumi's mocks, which want a current one; nobody promises what an earlier test has left."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from pulumi.runtime.settings import ROOT


@contextmanager
def own_event_loop() -> Iterator[None]:
    """Make a new loop the current one for the block, in which no stack exists yet: one of another loop never ends."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    ROOT.set(None)
    try:
        yield
    finally:
        ROOT.set(None)
        asyncio.set_event_loop(None)
        loop.close()
