"""What a user of the cluster relies on: names, addresses, volumes, logs, commands in pods, secrets at rest."""

import secrets
import ssl
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from core.command import Command
from lab.cluster.cgroup import CgroupTree
from lab.cluster.health import PROGRAM_NAMES
from lab.cluster.layout import ClusterLayout
from lab.cluster.record import running_record
from lab.instance import LabInstance
from lab.toolchain import Toolchain
from tests.integration.cluster.conftest import BuildPod
from tests.support.kubectl import Kubectl

pytestmark = pytest.mark.lab


def inside(lab: LabInstance, *command: str) -> str:
    """Run a host program in the lab's network namespace."""
    record = running_record(ClusterLayout.of(lab))
    assert record is not None
    return Command("nsenter").run("--target", str(record.pid), "--net", "--", *command).stdout


def test_pods_answer_by_name_and_by_service_address(kubectl: Kubectl, build_pod: BuildPod) -> None:
    server = build_pod("web", "mkdir /www && echo hello > /www/index.html && exec httpd -f -p 8080 -h /www")
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web", "namespace": "default"},
        "spec": {"selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": 8080}]},
    }
    try:
        kubectl.apply(server, service, build_pod("asker"))
        kubectl.wait("pod/web", "condition=Ready", namespace="default")
        kubectl.wait("pod/asker", "condition=Ready", namespace="default")
        address = kubectl.get("service/web", "-n", "default")["spec"]["clusterIP"]
        for host in (address, "web", "web.default.svc.cluster.local"):
            asked = ("exec", "asker", "-n", "default", "--", "wget", "-q", "-O", "-", f"http://{host}/")
            assert kubectl.run(*asked).stdout == "hello\n", host
        # A pod that reaches itself through its Service takes the way back through the node.
        itself = ("exec", "web", "-n", "default", "--", "wget", "-q", "-O", "-", f"http://{address}/")
        assert kubectl.run(*itself).stdout == "hello\n"
        # The host's own way in: the route to Service addresses.
        with urllib.request.urlopen(f"http://{address}/", timeout=5) as answer:
            assert answer.read() == b"hello\n"
    finally:
        for target in ("pod/web", "pod/asker", "service/web"):
            kubectl.delete(target, namespace="default")


def test_a_volume_is_made_on_demand_and_keeps_its_data_over_a_restart_of_its_pod(
    kubectl: Kubectl, build_pod: BuildPod, lab: LabInstance
) -> None:
    claim = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "data", "namespace": "default"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "16Mi"}}},
    }
    volume = [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]
    security = {"runAsNonRoot": True, "runAsUser": 1000, "fsGroup": 1000}
    mounts = [{"name": "data", "mountPath": "/data"}]
    pod = build_pod("keeper", volumes=volume, mounts=mounts, securityContext=security)
    volumes = ClusterLayout.of(lab).volumes
    try:
        kubectl.apply(claim, pod)
        kubectl.wait("pod/keeper", "condition=Ready", namespace="default")
        kubectl.run("exec", "keeper", "-n", "default", "--", "sh", "-c", "echo kept > /data/file")
        assert [path.read_text() for path in volumes.glob("*/file")] == ["kept\n"]
        kubectl.delete("pod/keeper", namespace="default")
        kubectl.apply(pod)
        kubectl.wait("pod/keeper", "condition=Ready", namespace="default")
        assert kubectl.run("exec", "keeper", "-n", "default", "--", "cat", "/data/file").stdout == "kept\n"
        made = kubectl.get("-n", "default", "persistentvolumeclaim", "data")["spec"]["volumeName"]
        assert len(list(volumes.glob(f"{made}*"))) == 1
    finally:
        kubectl.delete("pod/keeper", namespace="default")
        kubectl.delete("persistentvolumeclaim/data", namespace="default")
    # Others may be there: the lab is the whole session's.
    kubectl.run("wait", f"persistentvolume/{made}", "--for=delete", "--timeout=240s", timeout=250)
    assert not list(volumes.glob(f"{made}*"))


def test_logs_of_a_pod_can_be_read(kubectl: Kubectl, build_pod: BuildPod) -> None:
    try:
        kubectl.apply(build_pod("talker", "echo said; sleep 600", terminationGracePeriodSeconds=0))
        kubectl.wait("pod/talker", "condition=Ready", namespace="default")
        assert kubectl.run("logs", "talker", "-n", "default").stdout == "said\n"
    finally:
        kubectl.delete("pod/talker", namespace="default")


def test_a_pod_is_held_to_its_memory_limit(kubectl: Kubectl, build_pod: BuildPod) -> None:
    try:
        kubectl.apply(build_pod("hungry", "exec tail /dev/zero", restartPolicy="Never"))
        kubectl.wait("pod/hungry", "jsonpath={.status.phase}=Failed", namespace="default")
        status = kubectl.get("pod/hungry", "-n", "default")["status"]["containerStatuses"][0]
        assert status["state"]["terminated"]["reason"] == "OOMKilled"
    finally:
        kubectl.delete("pod/hungry", namespace="default")


def test_a_secret_is_not_readable_in_the_database(kubectl: Kubectl, lab: LabInstance) -> None:
    word = secrets.token_hex(16)
    made = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "kept", "namespace": "default"},
        "stringData": {"word": word},
    }
    open_word = {**made, "kind": "ConfigMap", "data": {"word": word}}
    del open_word["stringData"]
    pki = ClusterLayout.of(lab).pki
    client = (f"--cacert={pki}/etcd-ca.crt", f"--cert={pki}/apiserver-etcd-client.crt")
    etcdctl = ("env", "ETCDCTL_API=3", "etcdctl", *client, f"--key={pki}/apiserver-etcd-client.key", "get")
    try:
        kubectl.apply(made, open_word)
        stored = inside(lab, *etcdctl, "/registry/secrets/default/kept")
        assert "k8s:enc:secretbox:v1:key1:" in stored
        assert word not in stored
        assert word in inside(lab, *etcdctl, "/registry/configmaps/default/kept"), "the comparison would see clear text"
        assert kubectl.get("secret/kept", "-n", "default")["data"]["word"]
    finally:
        kubectl.delete("secret/kept", namespace="default")
        kubectl.delete("configmap/kept", namespace="default")


@pytest.mark.parametrize(("path", "status"), [("/readyz", 200), ("/version", 401), ("/api/v1/namespaces", 401)])
def test_without_a_certificate_only_health_is_answered(lab: LabInstance, path: str, status: int) -> None:
    context = ssl.create_default_context(cafile=str(ClusterLayout.of(lab).pki / "ca.crt"))
    try:
        with urllib.request.urlopen(lab.api_url + path, timeout=5, context=context) as answer:  # noqa: S310 - https
            got = answer.status
    except urllib.error.HTTPError as refused:
        got = refused.code
    assert got == status


def test_the_kubelet_may_read_no_secret_that_no_pod_of_its_uses(lab: LabInstance, toolchain: Toolchain) -> None:
    kubelet = Kubectl(toolchain.bin, ClusterLayout.of(lab).config / "kubelet.kubeconfig")
    assert kubelet.run("auth", "can-i", "get", f"nodes/{lab.node_name}", check=False).stdout.strip() == "yes"
    assert kubelet.run("auth", "can-i", "list", "secrets", "-A", check=False).stdout.startswith("no")


def test_nothing_of_the_lab_listens_on_the_host(lab: LabInstance) -> None:
    assert f"{lab.node_address}:6443" in inside(lab, "ss", "-Hltn"), "the API server would be seen"
    host = Path("/proc/self/ns/net").readlink()
    processes = CgroupTree(lab.cgroup).processes()
    assert len(processes) > len(PROGRAM_NAMES)
    assert [pid for pid in processes if Path(f"/proc/{pid}/ns/net").readlink() == host] == []
