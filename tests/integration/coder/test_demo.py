"""`make demo` as a newcomer runs it: to the end, stopped, and killed."""

import json
import os
import signal
import subprocess
import sys

import pytest

from lab.demo.repository import GREETING
from lab.demo.workspace import leftovers
from lab.deploy.stack_file import PROJECT_ROOT
from lab.instance import LabInstance
from sptcoder.api import CoderClient
from tests.integration.conftest import Platform
from tests.support.coder_site import CoderSite, wait_until

pytestmark = pytest.mark.lab


def start_demo(instance: LabInstance) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "NO_COLOR": "1",
        "SPT_FLOW_LAB_NAME": instance.name,
        "SPT_FLOW_LAB_SLOT": str(instance.slot),
        "SPT_FLOW_LAB_DIR": str(instance.directory),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "lab", "demo", "--json"],
        cwd=PROJECT_ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_demo_after_a_killed_one(platform: Platform, site: CoderSite, client: CoderClient) -> None:
    killed = start_demo(platform.instance)
    wait_until(lambda: len(leftovers(client)) == 1, seconds=60)
    left = leftovers(client)[0]
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert [workspace.id for workspace in leftovers(client)] == [left.id]

    demo = start_demo(platform.instance)
    said, steps = demo.communicate(timeout=180)
    assert demo.returncode == 0, steps
    result = json.loads(said)
    assert result["output"][0] == GREETING
    assert set(result["seconds"]) >= {"leftovers", "create", "ready", "command", "delete", "traces"}
    assert "Nothing of it left in the cluster" in steps
    assert leftovers(client) == ()
    assert client.workspaces.find(result["workspace"]) is None
    assert site.kinds(left.id) == []
    token = site.token.get_secret_value()
    assert token not in said + steps


def test_ctrl_c_cleans_up(platform: Platform, client: CoderClient) -> None:
    demo = start_demo(platform.instance)
    wait_until(lambda: len(leftovers(client)) == 1, seconds=60)
    demo.send_signal(signal.SIGINT)
    said, steps = demo.communicate(timeout=120)
    assert demo.returncode == 130, said + steps
    assert "Stopped on request; nothing of the demo is left." in steps
    assert "Traceback" not in steps
    assert leftovers(client) == ()
