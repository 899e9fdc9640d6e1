"""The workspace image that the stack has built, in pods and as a workspace: `make image-test` as people run it."""

import json
import os
import signal
from typing import Any

import pytest

from lab.demo.access import coder_access, owner_session
from lab.demo.workspace import leftovers
from lab.deploy.target import lab_target
from lab.image_test.pod import MARK, NAMESPACE
from sptcoder.api import CoderClient
from tests.integration.conftest import Platform
from tests.support.lab_command import started_command
from tests.support.patience import wait_until

pytestmark = pytest.mark.lab

# What there is to check in every target of the image; the other checks may say why there is nothing.
_ALWAYS = {
    *("bash", "code-server", "direnv", "git", "gpg", "home", "image", "jq", "kvm-group", "kvm-ok", "make", "node"),
    *("python", "report", "ssh", "sudo", "sudo-log", "supervisor", "tmux", "user", "zsh"),
}


@pytest.fixture
def built(platform: Platform) -> Platform:
    """Return the platform if its stack builds the workspace image."""
    if lab_target(platform.stack, platform.instance).settings().workspace_image.workspace_image_build == "none":
        pytest.skip("the stack does not build the workspace image (workspaceImageBuild: none)")
    return platform


def _pods(platform: Platform) -> list[Any]:
    found: list[Any] = platform.kubectl.get("-n", NAMESPACE, "pods", "-l", f"{MARK}=true")["items"]
    return found


def _devices(platform: Platform) -> bool:
    allocatable = platform.kubectl.get("nodes")["items"][0]["status"]["allocatable"]
    return bool(int(allocatable.get("devices.spt-flow.dev/kvm", "0")))


def test_every_tool_works_wherever_the_image_runs(built: Platform) -> None:
    has_kvm = os.access("/dev/kvm", os.R_OK | os.W_OK)
    if has_kvm:
        wait_until(lambda: _devices(built), seconds=90)
    with started_command(built.instance, "image-test", "--json") as test:
        said, steps = test.communicate(timeout=400)
    assert test.returncode == 0, said + steps
    stages = {
        stage["name"]: {check["name"]: check for check in stage["checks"]} for stage in json.loads(said)["stages"]
    }
    for place in ("pod", "workspace"):
        assert {name for name, check in stages[place].items() if check["status"] == "passed"} >= _ALWAYS
    assert {stages["workspace"][name]["status"] for name in ("agent", "dotfiles")} == {"passed"}
    if has_kvm:
        assert stages["kvm"]["kvm-ok"]["message"] == "kvm-ok says: KVM acceleration can be used."
    assert _pods(built) == []
    access = coder_access(built.instance, built.toolchain)
    with owner_session(access) as token, CoderClient(access.url, token.get_secret_value()) as owner:
        assert leftovers(owner) == ()


def test_ctrl_c_leaves_nothing(built: Platform) -> None:
    with started_command(built.instance, "image-test", "--json", "--only", "pod") as test:
        wait_until(lambda: len(_pods(built)) == 1, seconds=60)
        test.send_signal(signal.SIGINT)
        said, steps = test.communicate(timeout=120)
    assert test.returncode == 130, said + steps
    assert "Stopped on request; nothing of the image test is left." in steps
    assert "Traceback" not in steps
    assert _pods(built) == []
