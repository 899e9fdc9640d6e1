"""The lab's /dev/kvm: who has the resource runs a VM without any right; who has not cannot open the device."""

import copy
import json
import os
from collections.abc import Iterator
from typing import Any

import pytest

from lab.cluster.layout import ClusterLayout
from lab.cluster.record import running_record
from lab.cluster.supervisor import Supervisor
from lab.images.platform_tools import platform_tools_reference
from tests.integration.conftest import Platform
from tests.support.patience import wait_until

pytestmark = [
    pytest.mark.lab,
    pytest.mark.skipif(not os.access("/dev/kvm", os.R_OK | os.W_OK), reason="this host has no usable /dev/kvm"),
]

NAMESPACE = "coder-workspace"
RESOURCE = "devices.spt-flow.dev/kvm"
_PLUGIN = "daemonset/kvm-plugin"
_NOT_ADMITTED = -1


def _pod(platform: Platform, name: str, *command: str, namespace: str = NAMESPACE, kvm: bool = True) -> dict[str, Any]:
    limits = {"cpu": "500m", "memory": "256Mi", "ephemeral-storage": "64Mi", **({RESOURCE: "1"} if kvm else {})}
    pod = platform.pod(
        name, image=platform_tools_reference(), command=["python3", "-m", *command], limits=limits, namespace=namespace
    )
    if kvm:
        pod["metadata"]["labels"] = {**pod["metadata"].get("labels", {}), "spt-flow.dev/kvm": "true"}
    pod["spec"]["restartPolicy"] = "Never"
    return pod


@pytest.fixture
def run(platform: Platform) -> Iterator[Any]:
    """Run a pod to its end; return its exit code and its log. All pods are taken away afterwards."""
    _wait_for_devices(platform, at_least=1)
    names: list[str] = []

    def run_pod(name: str, *command: str, kvm: bool = True) -> tuple[int, str]:
        names.append(name)
        platform.kubectl.apply(_pod(platform, name, *command, kvm=kvm))
        wait_until(lambda: _phase(platform, name) in {"Succeeded", "Failed"}, seconds=60)
        status = platform.kubectl.get("-n", NAMESPACE, "pod", name)["status"]
        if "containerStatuses" not in status:
            return _NOT_ADMITTED, status["reason"]
        code: int = status["containerStatuses"][0]["state"]["terminated"]["exitCode"]
        return code, platform.kubectl.run("-n", NAMESPACE, "logs", name).stdout

    yield run_pod
    for name in names:
        platform.kubectl.delete(f"pod/{name}", namespace=NAMESPACE)


def test_the_node_says_what_the_probe_found(platform: Platform) -> None:
    _wait_for_devices(platform, at_least=10)
    metadata = platform.kubectl.get("nodes")["items"][0]["metadata"]
    assert metadata["labels"]["spt-flow.dev/kvm"] == "true"
    assert metadata["labels"]["spt-flow.dev/kvm-level"] in {"vcpu", "guest"}
    assert metadata["annotations"]["spt-flow.dev/kvm-message"]


def test_a_pod_without_any_right_runs_a_guest(run: Any) -> None:  # noqa: ANN401 - a fixture's function
    code, said = run("kvm-guest", "microvm", "hello", "--level", "guest", "--json")
    answer = json.loads(said)
    assert (code, answer["reachedWithKvm"]) == (0, "guest"), said


def test_a_pod_without_the_resource_has_no_device(run: Any) -> None:  # noqa: ANN401 - see above
    code, said = run("kvm-none", "microvm", "hello", "--level", "device", kvm=False)
    assert code == 10
    assert "there is no /dev/kvm: the pod was not given the KVM resource" in said


def test_a_namespace_that_is_not_opted_in_gets_nothing(platform: Platform) -> None:
    pod = _pod(platform, "kvm-elsewhere", "microvm", "kvm-ok", namespace="coder")
    refused = platform.kubectl.apply(copy.deepcopy(pod), check=False)
    assert refused.returncode != 0
    assert "kvm" in refused.stderr


def test_several_pods_of_a_node_have_it_at_a_time(platform: Platform) -> None:
    names = [f"kvm-many-{number}" for number in range(3)]
    try:
        platform.kubectl.apply(*(_pod(platform, name, "http.server", "8000") for name in names))
        wait_until(lambda: all(_phase(platform, name) == "Running" for name in names), seconds=60)
    finally:
        for name in names:
            platform.kubectl.delete(f"pod/{name}", namespace=NAMESPACE)


def test_a_kubelet_that_starts_again_offers_it_again(platform: Platform, run: Any) -> None:  # noqa: ANN401 - see above
    record = running_record(ClusterLayout.of(platform.instance))
    assert record is not None
    supervisor = Supervisor(record.pid)
    supervisor.stop("kubelet")
    supervisor.start("kubelet")
    _wait_for_devices(platform, at_least=1)

    def is_given() -> bool:
        # Until the plugin has registered again the kubelet turns away what the scheduler sends by the node's old state;
        # a controller would make another pod.
        platform.kubectl.delete("pod/kvm-again", namespace=NAMESPACE)
        code, said = run("kvm-again", "microvm", "kvm-ok")
        assert code == 0 or (code, said) == (_NOT_ADMITTED, "UnexpectedAdmissionError")
        return bool(code == 0)

    wait_until(is_given, seconds=60)


def test_without_kvm_on_the_node_a_pod_waits_and_says_for_what(platform: Platform) -> None:
    nowhere = [{"op": "add", "path": "/spec/template/spec/nodeSelector", "value": {"spt-flow.dev/nowhere": "true"}}]
    back = [{"op": "remove", "path": "/spec/template/spec/nodeSelector"}]
    _patch(platform, nowhere)
    try:
        wait_until(lambda: _devices(platform) == 0, seconds=60)
        platform.kubectl.apply(_pod(platform, "kvm-waits", "microvm", "kvm-ok"))
        wait_until(lambda: RESOURCE in _why_pending(platform, "kvm-waits"), seconds=90)
        assert _phase(platform, "kvm-waits") == "Pending"
        assert f"Insufficient {RESOURCE}" in _why_pending(platform, "kvm-waits")
    finally:
        platform.kubectl.delete("pod/kvm-waits", namespace=NAMESPACE)
        _patch(platform, back)
        _wait_for_devices(platform, at_least=1)


def _patch(platform: Platform, patch: list[dict[str, Any]]) -> None:
    platform.kubectl.run("-n", "spt-system", "patch", _PLUGIN, "--type=json", "-p", json.dumps(patch))


def _devices(platform: Platform) -> int:
    node = platform.kubectl.get("nodes")["items"][0]
    return int(node["status"]["allocatable"].get(RESOURCE, "0"))


def _wait_for_devices(platform: Platform, *, at_least: int) -> None:
    wait_until(lambda: _devices(platform) >= at_least, seconds=90)


def _phase(platform: Platform, name: str) -> str:
    phase: str = platform.kubectl.get("-n", NAMESPACE, "pod", name)["status"].get("phase", "")
    return phase


def _why_pending(platform: Platform, name: str) -> str:
    conditions = platform.kubectl.get("-n", NAMESPACE, "pod", name)["status"].get("conditions", [])
    return " ".join(condition.get("message", "") for condition in conditions)
