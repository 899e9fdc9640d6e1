"""Whatever dies in a lab comes back, or the next start brings it back, and the data is still there."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.command import Command
from core.errors import SptFlowError
from lab.cluster import lab_is_running, lab_status, start_lab
from lab.cluster.health import PROGRAM_NAMES
from lab.cluster.layout import ClusterLayout
from lab.cluster.network import build_rules
from lab.cluster.record import running_record
from lab.cluster.supervisor import ProcessState, Supervisor
from lab.instance import LabInstance
from lab.progress import SilentProgress
from lab.toolchain import Toolchain
from tests.integration.cluster.conftest import BuildPod
from tests.support.kubectl import Kubectl
from tests.support.lab_instance import running_lab
from tests.support.patience import wait_until

pytestmark = [pytest.mark.lab, pytest.mark.faults]


@pytest.fixture(scope="module")
def faulty(toolchain: Toolchain) -> Iterator[LabInstance]:
    """Run a lab that other tests do not use."""
    with running_lab(toolchain) as instance:
        yield instance


@pytest.fixture
def kubectl(faulty: LabInstance, toolchain: Toolchain) -> Kubectl:
    return Kubectl(toolchain.bin, faulty.kubeconfig)


def healthy(instance: LabInstance) -> bool:
    return all(part.healthy for part in lab_status(instance))


def first_process(instance: LabInstance) -> int:
    record = running_record(ClusterLayout.of(instance))
    assert record is not None
    return record.pid


def state_of(instance: LabInstance, program: str) -> ProcessState:
    return next(state for state in Supervisor(first_process(instance)).processes() if state.name == program)


def pid_on_host(instance: LabInstance, inner: int) -> int:
    """Return the host's id of the process that is `inner` inside the lab."""
    root = first_process(instance)
    namespace = Path(f"/proc/{root}/ns/pid").readlink()
    for folder in Path("/proc").iterdir():
        try:
            if not folder.name.isdigit() or (folder / "ns/pid").readlink() != namespace:
                continue
            ids = next(line for line in (folder / "status").read_text().splitlines() if line.startswith("NSpid:"))
        except OSError:
            continue
        if ids.split()[-1] == str(inner):
            return int(folder.name)
    raise AssertionError(inner)


@pytest.mark.parametrize("program", PROGRAM_NAMES)
def test_a_killed_program_comes_back_and_the_cluster_works(
    faulty: LabInstance, kubectl: Kubectl, build_pod: BuildPod, program: str
) -> None:
    before = state_of(faulty, program).pid
    os.kill(pid_on_host(faulty, before), signal.SIGKILL)
    wait_until(lambda: state_of(faulty, program).running and state_of(faulty, program).pid != before)
    wait_until(lambda: healthy(faulty))
    name = f"after-{program}"
    try:
        wait_until(lambda: kubectl.apply(build_pod(name), check=False).returncode == 0)
        kubectl.wait(f"pod/{name}", "condition=Ready", namespace="default")
        # A kubelet that has just started reports every pod unready for a moment, the one of the cluster's DNS too.
        lookup = ("-n", "default", "exec", name, "--", "nslookup", "kubernetes.default.svc.cluster.local")
        wait_until(lambda: kubectl.run(*lookup, check=False).returncode == 0)
    finally:
        kubectl.delete(f"pod/{name}", namespace="default")


def test_a_deleted_dns_pod_is_replaced(faulty: LabInstance, kubectl: Kubectl) -> None:
    pods = ("pods", "-n", "kube-system", "-l", "k8s-app=kube-dns")
    before = kubectl.get(*pods)["items"][0]["metadata"]["name"]
    kubectl.run("delete", "pod", before, "-n", "kube-system", "--grace-period=0", "--force")
    wait_until(lambda: before not in {pod["metadata"]["name"] for pod in kubectl.get(*pods)["items"]})
    wait_until(lambda: healthy(faulty))


def test_status_names_what_is_broken_and_what_to_do(faulty: LabInstance) -> None:
    supervisor = Supervisor(first_process(faulty))
    supervisor.stop("kube-scheduler")
    broken = [part for part in lab_status(faulty) if not part.healthy]
    assert [part.name for part in broken] == ["kube-scheduler"]
    assert broken[0].next_command is not None
    assert "kube-scheduler.log" in broken[0].next_command
    supervisor.start("kube-scheduler")
    wait_until(lambda: healthy(faulty))


def test_a_start_revives_a_program_that_was_given_up(faulty: LabInstance, toolchain: Toolchain) -> None:
    Supervisor(first_process(faulty)).stop("kube-proxy")
    start_lab(faulty, toolchain, SilentProgress())
    assert healthy(faulty)


def test_a_start_mends_the_hosts_end_of_the_network(faulty: LabInstance, toolchain: Toolchain) -> None:
    before = first_process(faulty)
    Command("ip").run("route", "delete", str(faulty.service_cidr))
    table, chain, rule = build_rules(faulty)[0]
    Command("iptables").run("-w", "-t", table, "-D", chain, *rule)
    start_lab(faulty, toolchain, SilentProgress())
    assert str(faulty.service_cidr) in Command("ip").run("route").stdout
    Command("iptables").run("-w", "-t", table, "-C", chain, *rule)
    assert first_process(faulty) == before


def test_a_lab_without_its_cable_is_reported_and_started_anew(faulty: LabInstance, toolchain: Toolchain) -> None:
    Command("ip").run("link", "delete", faulty.host_device)
    assert "network" in {part.name for part in lab_status(faulty) if not part.healthy}
    start_lab(faulty, toolchain, SilentProgress())
    assert healthy(faulty)


def test_a_changed_setting_restarts_only_its_program(faulty: LabInstance, toolchain: Toolchain) -> None:
    pids = {state.name: state.pid for state in Supervisor(first_process(faulty)).processes()}
    (ClusterLayout.of(faulty).pki / "kubelet-server.crt").unlink()
    start_lab(faulty, toolchain, SilentProgress())
    now = {state.name: state.pid for state in Supervisor(first_process(faulty)).processes()}
    assert {name for name in pids if pids[name] != now[name]} == {"kubelet"}
    assert healthy(faulty)


def test_a_lab_that_runs_is_started_again_at_once(faulty: LabInstance, toolchain: Toolchain) -> None:
    before = first_process(faulty)
    started = time.monotonic()
    start_lab(faulty, toolchain, SilentProgress())
    # Half a second on a quiet machine; tests share theirs. Anything started anew takes far longer.
    assert time.monotonic() - started < 5
    assert first_process(faulty) == before


def test_after_the_death_of_the_first_process_a_start_brings_everything_back(
    faulty: LabInstance, toolchain: Toolchain, kubectl: Kubectl, build_pod: BuildPod
) -> None:
    kept = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "kept"}, "data": {"word": "kept"}}
    kubectl.apply(kept, build_pod("returns"))
    kubectl.wait("pod/returns", "condition=Ready", namespace="default")
    os.kill(first_process(faulty), signal.SIGKILL)
    wait_until(lambda: not lab_is_running(faulty))
    assert [part.next_command for part in lab_status(faulty)] == ["make up"]
    start_lab(faulty, toolchain, SilentProgress())
    assert healthy(faulty)
    assert kubectl.get("configmap/kept", "-n", "default")["data"] == {"word": "kept"}
    command = ("-n", "default", "exec", "returns", "--", "true")
    wait_until(lambda: kubectl.run(*command, check=False).returncode == 0)
    kubectl.delete("pod/returns", namespace="default")


def test_a_component_that_cannot_start_is_named_with_its_last_words(faulty: LabInstance, toolchain: Toolchain) -> None:
    data = ClusterLayout.of(faulty).etcd / "member"
    os.kill(first_process(faulty), signal.SIGKILL)
    wait_until(lambda: not lab_is_running(faulty))
    data.rename(data.with_name("aside"))
    data.write_text("not a folder")
    try:
        with pytest.raises(SptFlowError, match=r"did not come up: .*etcd.*member") as failed:
            start_lab(faulty, toolchain, SilentProgress())
        assert "\n" not in failed.value.message
    finally:
        data.unlink()
        data.with_name("aside").rename(data)
    start_lab(faulty, toolchain, SilentProgress())
    assert healthy(faulty)
