"""The two sides of the matrix, over one control plane for all rows."""

import os
from collections.abc import Iterator

import pytest

from lab.toolchain import toolchain_bin
from tests.parity.control_plane import ControlPlane
from tests.parity.side import OFFICIAL, OURS, Side, find_official, our_launcher


@pytest.fixture(scope="session")
def control_plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    """Start a cluster, with the toolchain's programs before those on PATH for it and for both sides."""
    path = os.pathsep.join([str(toolchain_bin()), os.environ.get("PATH", os.defpath)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", path)
        with ControlPlane(tmp_path_factory.mktemp("control-plane")) as cluster:
            yield cluster


@pytest.fixture(scope="session")
def official_side(control_plane: ControlPlane, tmp_path_factory: pytest.TempPathFactory) -> Side:
    plugin = find_official()
    assert plugin is not None, "the test's marker skips without it"
    return Side(OFFICIAL, plugin, control_plane, tmp_path_factory.mktemp(OFFICIAL))


@pytest.fixture(scope="session")
def our_side(control_plane: ControlPlane, tmp_path_factory: pytest.TempPathFactory) -> Side:
    folder = tmp_path_factory.mktemp(OURS)
    return Side(OURS, our_launcher(folder / "launcher"), control_plane, folder / "side")
