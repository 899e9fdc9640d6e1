"""An event loop for every test of a component, since Pulumi's outputs want a current one; a real engine for some."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.event_loop import own_event_loop
from tests.support.pulumi_engine import PulumiEngine, find_pulumi


@pytest.fixture(autouse=True)
def _own_event_loop() -> Iterator[None]:
    with own_event_loop():
        yield


@pytest.fixture
def engine(tmp_path: Path) -> PulumiEngine:
    """Return a real engine with a stack of its own, or skip."""
    found = find_pulumi()
    if found is None:
        pytest.skip("no pulumi: neither on PATH, nor in the toolchain's cache, nor in SPT_FLOW_TOOLCHAIN_BIN")
    return PulumiEngine(found, tmp_path / "engine")
