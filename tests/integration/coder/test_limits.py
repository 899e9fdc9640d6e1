"""The limits a user chooses for a workspace really bite: its pod, as the template makes it, with a greedy program."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from core.kubernetes_names import object_labels
from core.quantity import Quantity
from tests.integration.conftest import Platform
from tests.support.coder_site import SMALL, WORKSPACES
from tests.support.rendered_template import Template, terraform_settings

pytestmark = pytest.mark.lab

_BURN = "for i in 1 2 3; do (while :; do :; done) & done; wait"
_SAMPLE = (
    "cat /sys/fs/cgroup/cpu.stat /sys/fs/cgroup/cpu/cpu.stat 2>/dev/null;"
    " for i in 1 2; do"
    "  cut -d' ' -f1 /proc/uptime;"
    "  if [ -f /sys/fs/cgroup/cpu.stat ]; then grep usage_usec /sys/fs/cgroup/cpu.stat | cut -d' ' -f2;"
    "  else cut -c1- /sys/fs/cgroup/cpuacct/cpuacct.usage | sed 's/...$//'; fi;"
    "  [ $i = 2 ] || sleep 3;"
    " done"
)
"""Prints how often it was throttled, then twice: seconds of uptime, microseconds of CPU time used."""


@pytest.fixture(scope="module")
def workspace_spec(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return the pod that spt-flow makes for 1 CPU and 1 GiB."""
    del platform  # brings Terraform and its providers
    template = Template.initialised("spt-flow", tmp_path_factory.mktemp("limits") / "template", terraform_settings())
    return template.render(parameters=SMALL).pod_spec


@pytest.fixture
def greedy(platform: Platform, workspace_spec: dict[str, Any], request: pytest.FixtureRequest) -> Iterator[str]:
    """Run a pod with the workspace's resources and security settings, and a program of the test's; yield its name."""
    name, (container,) = f"greedy-{request.param[0]}", workspace_spec["containers"]
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": WORKSPACES, "labels": object_labels(name, "test")},
        "spec": {
            "restartPolicy": "Never",
            "terminationGracePeriodSeconds": 0,
            "automountServiceAccountToken": False,
            "securityContext": workspace_spec["securityContext"],
            "containers": [
                {
                    "name": container["name"],
                    "image": platform.shell_image.reference,
                    "command": ["sh", "-c", request.param[1]],
                    "resources": container["resources"],
                    "securityContext": container["securityContext"],
                }
            ],
        },
    }
    try:
        platform.kubectl.apply(pod)
        yield name
    finally:
        platform.kubectl.delete(f"pod/{name}", namespace=WORKSPACES)


def test_the_pod_has_the_limits_that_were_chosen(workspace_spec: dict[str, Any]) -> None:
    (container,) = workspace_spec["containers"]
    limits = {name: Quantity.parse(amount) for name, amount in container["resources"]["limits"].items()}
    assert (limits["cpu"], limits["memory"]) == (Quantity.parse("1"), Quantity.parse("1Gi"))


@pytest.mark.parametrize("greedy", [("memory", "exec dd if=/dev/zero of=/dev/null bs=1200M count=1")], indirect=True)
def test_a_program_that_takes_more_memory_is_killed(platform: Platform, greedy: str) -> None:
    platform.kubectl.wait(f"pod/{greedy}", "jsonpath={.status.phase}=Failed", namespace=WORKSPACES)
    (status,) = platform.kubectl.get("-n", WORKSPACES, f"pod/{greedy}")["status"]["containerStatuses"]
    ended = status["state"]["terminated"]
    assert (ended["reason"], ended["exitCode"]) == ("OOMKilled", 137)


@pytest.mark.parametrize("greedy", [("cpu", _BURN)], indirect=True)
def test_programs_that_take_more_cpu_are_throttled(platform: Platform, greedy: str) -> None:
    platform.kubectl.wait(f"pod/{greedy}", "condition=Ready", namespace=WORKSPACES)
    deadline = time.monotonic() + 60
    throttled, used = _sample(platform, greedy)
    # Where other programs hold the CPUs, three loops may not get to their limit at once.
    while throttled == 0:
        assert time.monotonic() < deadline, "never throttled"
        throttled, used = _sample(platform, greedy)
    # One CPU is 1.0; the accounting works in slices of a tenth of a second.
    assert used <= 1.15


def _sample(platform: Platform, name: str) -> tuple[int, float]:
    """Return how often the pod was throttled so far, and how many CPUs it used over some seconds."""
    lines = platform.kubectl.run("-n", WORKSPACES, "exec", name, "--", "sh", "-c", _SAMPLE).stdout.splitlines()
    *stat, start, used_before, end, used_after = lines
    throttled = next(int(line.split()[1]) for line in stat if line.startswith("nr_throttled "))
    return throttled, (int(used_after) - int(used_before)) / 1e6 / (float(end) - float(start))
