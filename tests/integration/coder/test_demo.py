"""`make demo` as a newcomer runs it: to the end, stopped, and killed."""

import json
import signal

import pytest

from lab.demo.access import CoderAccess
from lab.demo.repository import GREETING
from lab.demo.workspace import leftovers
from sptcoder.api import CoderClient
from tests.integration.conftest import Platform
from tests.support.coder_site import CoderSite
from tests.support.lab_command import started_command
from tests.support.patience import wait_until

pytestmark = pytest.mark.lab


def test_a_demo_after_a_killed_one(platform: Platform, site: CoderSite, owner: CoderClient) -> None:
    with started_command(platform.instance, "demo", "--json") as killed:
        wait_until(lambda: len(leftovers(owner)) == 1, seconds=60)
        left = leftovers(owner)[0]
        killed.send_signal(signal.SIGKILL)
        killed.communicate()
    assert [workspace.id for workspace in leftovers(owner)] == [left.id]

    with started_command(platform.instance, "demo", "--json") as demo:
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
    with started_command(platform.instance, "demo", "--json") as demo:
        wait_until(lambda: len(leftovers(owner)) == 1, seconds=60)
        demo.send_signal(signal.SIGINT)
        said, steps = demo.communicate(timeout=120)
    assert demo.returncode == 130, said + steps
    assert "Stopped on request; nothing of the demo is left." in steps
    assert "Traceback" not in steps
    assert access.password.get_secret_value() not in said + steps
    assert leftovers(owner) == ()
