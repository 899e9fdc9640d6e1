"""`make demo` as a newcomer runs it: to the end, stopped, and killed."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from lab.demo.access import CoderAccess
from lab.demo.repository import GREETING
from lab.demo.workspace import leftovers
from lab.deploy.stack_file import PROJECT_ROOT
from lab.instance import LabInstance
from sptcoder.api import CoderClient
from tests.integration.conftest import Platform
from tests.support.coder_site import CoderSite, wait_until

pytestmark = pytest.mark.lab


@contextmanager
def started_demo(instance: LabInstance) -> Iterator[subprocess.Popen[str]]:
    """Run the command; one that a failing test leaves behind is stopped, so that it cleans up."""
    environment = {
        **os.environ,
        "NO_COLOR": "1",
        "SPT_FLOW_LAB_NAME": instance.name,
        "SPT_FLOW_LAB_SLOT": str(instance.slot),
        "SPT_FLOW_LAB_DIR": str(instance.directory),
    }
    demo = subprocess.Popen(
        [sys.executable, "-m", "lab", "demo", "--json"],
        cwd=PROJECT_ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield demo
    finally:
        if demo.poll() is None:
            demo.send_signal(signal.SIGINT)
            demo.communicate(timeout=120)


def test_a_demo_after_a_killed_one(platform: Platform, site: CoderSite, owner: CoderClient) -> None:
    with started_demo(platform.instance) as killed:
        wait_until(lambda: len(leftovers(owner)) == 1, seconds=60)
        left = leftovers(owner)[0]
        killed.send_signal(signal.SIGKILL)
        killed.communicate()
    assert [workspace.id for workspace in leftovers(owner)] == [left.id]

    with started_demo(platform.instance) as demo:
        said, steps = demo.communicate(timeout=240)
    assert demo.returncode == 0, steps
    result = json.loads(said)
    assert result["output"][0] == GREETING
    assert set(result["seconds"]) >= {"leftovers", "create", "ready", "command", "delete", "traces"}
    assert "Nothing of it left in the cluster" in steps
    assert leftovers(owner) == ()
    assert owner.workspaces.find(result["workspace"]) is None
    assert site.kinds(left.id) == []


def test_ctrl_c_cleans_up_and_no_secret_is_said(platform: Platform, owner: CoderClient, access: CoderAccess) -> None:
    with started_demo(platform.instance) as demo:
        wait_until(lambda: len(leftovers(owner)) == 1, seconds=60)
        demo.send_signal(signal.SIGINT)
        said, steps = demo.communicate(timeout=120)
    assert demo.returncode == 130, said + steps
    assert "Stopped on request; nothing of the demo is left." in steps
    assert "Traceback" not in steps
    assert access.password.get_secret_value() not in said + steps
    assert leftovers(owner) == ()
