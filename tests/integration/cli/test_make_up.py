"""The main job as a newcomer runs it, with nothing on PATH but what Debian's packages and the lab's cache bring."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lab.cluster import stop_lab
from lab.deploy.stack_file import PROJECT_ROOT
from lab.instance import LabInstance
from lab.progress import SilentProgress
from lab.toolchain import Toolchain
from tests.support.kubectl import Kubectl
from tests.support.lab_instance import borrowed_instance
from tests.support.patience import wait_until

pytestmark = [pytest.mark.lab, pytest.mark.timeout(900)]

STRIPPED_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"


def run(instance: LabInstance, *args: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": STRIPPED_PATH,
        "HOME": os.environ.get("HOME", "/root"),
        "SPT_FLOW_LAB_NAME": instance.name,
        "SPT_FLOW_LAB_SLOT": str(instance.slot),
        "SPT_FLOW_LAB_DIR": str(instance.directory),
    }
    if "XDG_CACHE_HOME" in os.environ:
        environment["XDG_CACHE_HOME"] = os.environ["XDG_CACHE_HOME"]
    return subprocess.run(
        [sys.executable, "-m", "lab", *args],
        cwd=PROJECT_ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def phases(kubectl: Kubectl) -> set[str]:
    return {pod["status"]["phase"] for pod in kubectl.get("pods", "-A")["items"]}


def test_up_status_preview_up_again_and_down(toolchain: Toolchain) -> None:
    tracked = subprocess.run(
        ["git", "status", "--porcelain"], cwd=PROJECT_ROOT, capture_output=True, check=False
    ).stdout
    with borrowed_instance() as instance:
        first = run(instance, "up")
        assert first.returncode == 0, first.stderr
        assert "Stack dev: " in first.stdout
        assert f"{instance.registry_address}:5000" in first.stdout
        assert "Left out on this machine:" in first.stdout

        kubectl = Kubectl(toolchain.bin, instance.kubeconfig)
        nodes = kubectl.get("nodes")["items"]
        assert [
            condition["status"] for condition in nodes[0]["status"]["conditions"] if condition["type"] == "Ready"
        ] == ["True"]
        # Jobs have pods that end well, and one may be beginning just now.
        wait_until(lambda: phases(kubectl) <= {"Running", "Succeeded"}, seconds=60)
        assert instance.coder_url in first.stdout
        assert "make demo" in first.stdout

        status = run(instance, "status")
        assert status.returncode == 0, status.stdout
        assert "not healthy" not in status.stdout

        second = run(instance, "up")
        assert second.returncode == 0, second.stderr
        assert "created" not in second.stdout
        assert "nothing to change" in second.stdout

        preview = run(instance, "preview")
        assert preview.returncode == 0, preview.stderr
        assert "unchanged" in preview.stdout

        down = run(instance, "down", "--yes")
        assert down.returncode == 0, down.stderr
        assert not Path(instance.directory).exists()
        assert run(instance, "status").returncode == 1
        stop_lab(instance, SilentProgress())
    after = subprocess.run(["git", "status", "--porcelain"], cwd=PROJECT_ROOT, capture_output=True, check=False).stdout
    assert after == tracked, "the commands wrote to the tree"
