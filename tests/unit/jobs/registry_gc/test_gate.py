"""The gate on a real API server, with the rights that the component gives and no others."""

import json
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from components.registry_gc_manifests import GC_NAME, build_account, build_image_role, build_role, build_role_binding
from components.registry_manifests import REGISTRY_NAME, build_deployment
from core.errors import SptFlowError
from jobs.cluster_api import ClusterError
from jobs.registry_gc.gate import LEASE_NAME, ClusterGate, Hold, HoldLostError
from tests.support.apiserver import ApiServer

_RBAC = "/apis/rbac.authorization.k8s.io/v1/namespaces"


class _Cluster:
    """Two namespaces of one test: the registry's, and one of workspaces."""

    def __init__(self, server: ApiServer) -> None:
        suffix = secrets.token_hex(4)
        self.server, self.coder, self.workspaces = server, f"coder-{suffix}", f"workspaces-{suffix}"
        for name in (self.coder, self.workspaces):
            server.request("POST", "/api/v1/namespaces", {"metadata": {"name": name}})
        server.request("POST", f"/api/v1/namespaces/{self.coder}/serviceaccounts", build_account(self.coder))
        for namespace, role in (
            (self.coder, build_role(self.coder)),
            (self.workspaces, build_image_role(self.workspaces)),
        ):
            server.request("POST", f"{_RBAC}/{namespace}/roles", role)
            server.request("POST", f"{_RBAC}/{namespace}/rolebindings", build_role_binding(namespace, self.coder))
        resources = {"limits": {"cpu": "1", "memory": "1Gi"}}
        deployment = build_deployment(self.coder, image="registry:3.1.2", config="{}", resources=resources)
        server.request("POST", f"/apis/apps/v1/namespaces/{self.coder}/deployments", deployment)

    @property
    def deployment(self) -> dict[str, Any]:
        path = f"/apis/apps/v1/namespaces/{self.coder}/deployments/{REGISTRY_NAME}"
        found: dict[str, Any] = self.server.request("GET", path)
        return found

    def pod(self, namespace: str, name: str, app: str, image: str, phase: str | None = None) -> None:
        container = {"name": "main", "image": image}
        body = {
            "metadata": {"name": name, "labels": {"app.kubernetes.io/name": app}},
            "spec": {"containers": [container]},
        }
        self.server.request("POST", f"/api/v1/namespaces/{namespace}/pods", body)
        status: dict[str, Any] = {"phase": phase or "Running"}
        status["containerStatuses"] = [
            {
                "name": "main",
                "image": image,
                "imageID": f"{image.rpartition(':')[0]}@sha256:{'a1' * 32}",
                "ready": True,
                "restartCount": 0,
            }
        ]
        path = f"/api/v1/namespaces/{namespace}/pods/{name}/status"
        self.server.request("PATCH", path, {"status": status}, "application/merge-patch+json")

    def kubeconfig(self, path: Path) -> Path:
        """Write one that is the job's own account."""
        url = f"/api/v1/namespaces/{self.coder}/serviceaccounts/{GC_NAME}/token"
        token = self.server.request("POST", url, {"spec": {"expirationSeconds": 3600}})["status"]["token"]
        config = json.loads(self.server.kubeconfig.read_text())
        config["users"][0]["user"]["token"] = token
        path.write_text(json.dumps(config))
        return path


@pytest.fixture
def cluster(apiserver: ApiServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> _Cluster:
    found = _Cluster(apiserver)
    monkeypatch.setenv("KUBECONFIG", str(found.kubeconfig(tmp_path / "kubeconfig")))
    return found


@pytest.fixture
def gate(cluster: _Cluster) -> Iterator[ClusterGate]:
    with ClusterGate(cluster.coder, REGISTRY_NAME, GC_NAME, [cluster.coder, cluster.workspaces]) as found:
        yield found


def test_the_replicas_are_set_and_nothing_else_is_changed(cluster: _Cluster, gate: ClusterGate) -> None:
    before = cluster.deployment["spec"]
    assert gate.replicas() == 1
    gate.scale(0)
    assert gate.replicas() == 0
    assert cluster.deployment["spec"] == {**before, "replicas": 0}
    gate.scale(1)
    assert cluster.deployment["spec"] == before


def test_pods_that_have_not_ended_are_seen(cluster: _Cluster, gate: ClusterGate) -> None:
    gate.scale(0)
    cluster.pod(cluster.coder, "gc-1", GC_NAME, "tools:1")
    cluster.pod(cluster.coder, "gc-0", GC_NAME, "tools:1", "Succeeded")
    cluster.pod(cluster.coder, "gc-2", GC_NAME, "tools:1", "Failed")
    cluster.pod(cluster.coder, "guard", "registry-gc-guard", "tools:1")
    cluster.pod(cluster.coder, "by-hand", REGISTRY_NAME, "registry:3")
    assert gate.collectors() == ["gc-1"]
    assert "by-hand" in gate.registry_pods()


def test_the_images_of_all_namespaces_are_found(cluster: _Cluster, gate: ClusterGate) -> None:
    cluster.pod(cluster.coder, "one", "coder", "registry.example.com:5000/coder:1")
    cluster.pod(cluster.workspaces, "two", "workspace", "registry.example.com:5000/base:2")
    found = gate.images()
    assert {"registry.example.com:5000/coder:1", "registry.example.com:5000/base:2"} <= found
    assert f"registry.example.com:5000/base@sha256:{'a1' * 32}" in found


def test_the_lease_is_one_holders(gate: ClusterGate, cluster: _Cluster) -> None:
    assert gate.hold() is None
    gate.release("nobody")
    gate.take("first")
    hold = gate.hold()
    assert hold is not None
    assert hold.holder == "first"
    assert not hold.has_expired(datetime.now(UTC))
    assert hold.has_expired(datetime.now(UTC) + timedelta(seconds=61))
    with pytest.raises(HoldLostError, match="held by 'first'"):
        gate.take("second")
    with pytest.raises(HoldLostError):
        gate.renew("second")
    gate.release("second")
    assert gate.hold() == hold
    gate.renew("first")
    renewed = gate.hold()
    assert renewed is not None
    assert renewed.renewed is not None
    assert hold.renewed is not None
    assert renewed.renewed > hold.renewed
    gate.release("first")
    assert gate.hold() is None
    with pytest.raises(HoldLostError):
        gate.renew("first")
    gate.take("second")
    path = f"/apis/coordination.k8s.io/v1/namespaces/{cluster.coder}/leases/{LEASE_NAME}"
    assert cluster.server.request("GET", path)["spec"]["holderIdentity"] == "second"


def test_two_who_take_it_at_once_are_told_apart(
    gate: ClusterGate, cluster: _Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate.take("first")
    gate.release("first")
    seen = gate._lease()
    with ClusterGate(cluster.coder, REGISTRY_NAME, GC_NAME, []) as other:
        other.take("other")
    monkeypatch.setattr(gate, "_lease", lambda: seen)
    with pytest.raises(HoldLostError, match="taken by another"):
        gate.take("first")


def test_a_lease_that_never_said_anything_has_expired() -> None:
    assert Hold("x", None, "1").has_expired(datetime.now(UTC))


def test_what_it_may_not_do_is_one_sentence(gate: ClusterGate, cluster: _Cluster) -> None:
    with ClusterGate(cluster.coder, "coder", GC_NAME, []) as other, pytest.raises(ClusterError, match="403") as caught:
        other.scale(0)
    assert isinstance(caught.value, SptFlowError)
    with ClusterGate("default", REGISTRY_NAME, GC_NAME, []) as stranger, pytest.raises(ClusterError, match="403"):
        stranger.registry_pods()
    assert gate.replicas() == 1
