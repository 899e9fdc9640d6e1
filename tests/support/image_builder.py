"""An image builder of the test run's own: Docker's real daemon, with an empty cache."""

import os
import shutil
from collections.abc import Iterator

import pytest

from lab.builder.client import DOCKER
from lab.builder.place import BuilderPlace


@pytest.fixture(scope="session")
def builder_place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BuilderPlace]:
    """Return where the run's builder is; it runs while a test uses it."""
    if os.geteuid() != 0 or not DOCKER.exists():
        pytest.skip("the image builder needs root and Debian's docker.io")
    place = BuilderPlace(tmp_path_factory.mktemp("builder"))
    yield place
    shutil.rmtree(place.root, ignore_errors=True)
