"""A container runtime of the user's beside a lab: it is left alone, and both keep working."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from core.command import Command
from lab.cluster import lab_status, start_lab, stop_lab
from lab.images import node_images
from lab.progress import SilentProgress
from lab.toolchain import Toolchain
from tests.support.lab_instance import borrowed_instance
from tests.support.patience import wait_until

pytestmark = pytest.mark.lab

SETTINGS = """
version = 2
root = "{folder}/root"
state = "{folder}/state"
[grpc]
  address = "{folder}/containerd.sock"
"""


class Neighbour:
    """A containerd as a user would run it: the host's namespaces, folders of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        settings = folder / "config.toml"
        settings.write_text(SETTINGS.format(folder=folder), encoding="utf-8")
        self.process = Command("containerd").start("--config", str(settings))

    def ctr(self, *args: str) -> str:
        return Command("ctr").run("--address", f"{self.folder}/containerd.sock", *args, timeout=60).stdout

    def wait_until_ready(self) -> None:
        wait_until((self.folder / "containerd.sock").exists, what="the user's containerd")
        self.ctr("version")

    def run_container(self, image: str) -> str:
        return self.ctr("run", "--rm", "--snapshotter", "native", image, f"c{time.time_ns()}", "echo", "works")


@pytest.fixture
def neighbour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neighbour]:
    found = Neighbour(tmp_path_factory.mktemp("n"))
    try:
        found.wait_until_ready()
        yield found
    finally:
        found.process.terminate()
        found.process.wait(timeout=20)


def test_the_users_containerd_and_the_lab_do_not_meet(neighbour: Neighbour, toolchain: Toolchain) -> None:
    shell = next(image for image in node_images(toolchain) if image.name == "busybox")
    neighbour.ctr("images", "import", "--snapshotter", "native", str(shell.archive))
    assert neighbour.run_container(shell.reference).strip() == "works"
    with borrowed_instance() as instance:
        start_lab(instance, toolchain, SilentProgress())
        assert neighbour.run_container(shell.reference).strip() == "works"
        assert [part for part in lab_status(instance) if not part.healthy] == []
        # The lab's images are in the lab's runtime, not in the neighbour's.
        assert "pause" not in neighbour.ctr("--namespace", "k8s.io", "images", "list")
        stop_lab(instance, SilentProgress())
    assert psutil.pid_exists(neighbour.process.pid)
    assert neighbour.run_container(shell.reference).strip() == "works"
    left = subprocess.run(["ip", "-br", "link"], capture_output=True, text=True, check=True).stdout
    assert instance.host_device not in left
