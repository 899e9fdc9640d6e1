"""Every test of a component gets an event loop of its own: Pulumi's outputs want a current one."""

from collections.abc import Iterator

import pytest

from tests.support.event_loop import own_event_loop


@pytest.fixture(autouse=True)
def _own_event_loop() -> Iterator[None]:
    with own_event_loop():
        yield
