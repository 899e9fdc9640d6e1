"""What tests of git servers share."""

import pytest

from tests.support.free_ports import free_port


@pytest.fixture
def port() -> int:
    """Return a port of the loopback device that nobody listens on."""
    return free_port()
