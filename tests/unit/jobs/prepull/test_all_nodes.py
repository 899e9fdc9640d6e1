"""Fifty nodes that are not there, under the real scheduler and DaemonSet controller: where the image is to be."""

import io
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from components.prepull_manifests import build_daemon_set
from jobs.environment import read_settings
from jobs.event_log import EventLog
from jobs.prepull.run import run_prepull_check
from jobs.prepull.settings import PrepullCheckSettings
from tests.standins.kubelets.kubelets import FAKE, Kubelets
from tests.support.apiserver import ApiServer, running_beside
from tests.support.patience import wait_until

_REPOSITORY = "registry.coder.svc.cluster.local:5000/spt-flow/workspace"
_OLD, _NEW = (f"{_REPOSITORY}@sha256:{digits * 32}" for digits in ("a1", "b2"))
_SELECTOR = {"kubernetes.io/os": "linux", "pool": "workspaces"}
_TOLERATIONS = [{"key": "pool", "operator": "Equal", "value": "workspaces", "effect": "NoSchedule"}]
_SECONDS = 120.0
_MERGE = "application/merge-patch+json"

# Name, number, labels, taints; what is cordoned or not ready says so in its name.
_POOL = {"key": "pool", "value": "workspaces", "effect": "NoSchedule"}
_GROUPS: tuple[tuple[str, int, dict[str, str], list[dict[str, str]]], ...] = (
    ("plain", 30, {"pool": "workspaces"}, []),
    ("tolerated", 6, {"pool": "workspaces"}, [_POOL]),
    ("wished-away", 2, {"pool": "workspaces"}, [{"key": "spot", "effect": "PreferNoSchedule"}]),
    ("cordoned", 2, {"pool": "workspaces"}, []),
    ("gpu", 3, {"pool": "workspaces"}, [_POOL, {"key": "gpu", "value": "yes", "effect": "NoSchedule"}]),
    ("builds", 3, {"pool": "builds"}, []),
    ("windows", 1, {"pool": "workspaces", "kubernetes.io/os": "windows"}, []),
    ("not-ready", 3, {"pool": "workspaces"}, []),
)
_MEANT = ("plain", "tolerated", "wished-away", "cordoned")


@dataclass
class _Cluster:
    server: ApiServer
    namespace: str
    nodes: list[str] = field(default_factory=list)

    @property
    def daemon_sets(self) -> str:
        return f"/apis/apps/v1/namespaces/{self.namespace}/daemonsets"

    def add(self, name: str, labels: dict[str, str], taints: list[dict[str, str]]) -> None:
        metadata = {
            "name": name,
            "labels": {"kubernetes.io/os": "linux", "kubernetes.io/hostname": name, **labels},
            "annotations": {} if name.startswith("not-ready") else FAKE,
        }
        spec = {"taints": taints, "unschedulable": name.startswith("cordoned")}
        self.nodes.append(name)
        self.server.request("POST", "/api/v1/nodes", {"metadata": metadata, "spec": spec})
        if name.startswith("not-ready"):
            conditions = [{"type": "Ready", "status": "False", "reason": "KubeletNotReady"}]
            self.server.request("PATCH", f"/api/v1/nodes/{name}/status", {"status": {"conditions": conditions}}, _MERGE)

    def are_judged(self) -> bool:
        """Say whether the cluster knows by now which nodes are ready."""
        nodes = self.server.request("GET", "/api/v1/nodes")["items"]
        tainted = {
            node["metadata"]["name"]
            for node in nodes
            for taint in node["spec"].get("taints", [])
            if taint["key"] == "node.kubernetes.io/not-ready"
        }
        return tainted == {name for name in self.nodes if name.startswith("not-ready")}

    def apply(self, image: str) -> dict[str, Any]:
        """Create the DaemonSet, or change it into what is built for the image; return what became of it."""
        built = build_daemon_set(self.namespace, image=image, node_selector=_SELECTOR, tolerations=_TOLERATIONS)
        path = f"{self.daemon_sets}/prepull?fieldManager=test&force=true"
        applied: dict[str, Any] = self.server.request("PATCH", path, built, "application/apply-patch+yaml")
        return applied

    def status(self) -> dict[str, Any]:
        found: dict[str, Any] = self.server.request("GET", f"{self.daemon_sets}/prepull")
        return found

    def is_rolled_out(self) -> bool:
        found = self.status()
        status, wanted = found["status"], found["status"].get("desiredNumberScheduled", 0)
        return bool(
            status.get("observedGeneration") == found["metadata"]["generation"]
            and wanted > 0
            and status.get("updatedNumberScheduled") == status.get("numberAvailable") == wanted
            and len(self.pods()) == wanted
        )

    def pods(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.server.request("GET", f"/api/v1/namespaces/{self.namespace}/pods")["items"]
        return found

    def revisions(self) -> int:
        path = f"/apis/apps/v1/namespaces/{self.namespace}/controllerrevisions"
        return len(self.server.request("GET", path)["items"])

    def pull(self, image: str, *names: str) -> None:
        status = {"images": [{"names": [image], "sizeBytes": 1}]}
        for name in names:
            self.server.request("PATCH", f"/api/v1/nodes/{name}/status", {"status": status}, _MERGE)

    def check(self, image: str) -> tuple[int, dict[str, Any]]:
        stream = io.StringIO()
        variables = {
            "PREPULL_IMAGE": image,
            "PREPULL_NODE_SELECTOR": json.dumps(_SELECTOR),
            "PREPULL_TOLERATIONS": json.dumps(_TOLERATIONS),
            "PREPULL_WAIT_SECONDS": "0",
        }
        code = run_prepull_check(read_settings(PrepullCheckSettings, variables), EventLog("prepull-check", stream))
        return code, json.loads(stream.getvalue().splitlines()[-1])


@pytest.fixture
def cluster(apiserver: ApiServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[_Cluster]:
    """Yield fifty nodes, all of which have gone at the end."""
    monkeypatch.setenv("KUBECONFIG", str(apiserver.kubeconfig))
    made = _Cluster(apiserver, f"prepull-{secrets.token_hex(4)}")
    apiserver.request("POST", "/api/v1/namespaces", {"metadata": {"name": made.namespace}})
    scheduler = running_beside(
        tmp_path, "kube-scheduler", f"--kubeconfig={apiserver.kubeconfig}", "--leader-elect=false", "--secure-port=0"
    )
    with scheduler, Kubelets(apiserver):
        try:
            for group, number, labels, taints in _GROUPS:
                for index in range(number):
                    made.add(f"{group}-{index}", labels, taints)
            wait_until(made.are_judged, seconds=_SECONDS)
            yield made
        finally:
            path = f"{made.daemon_sets}?propagationPolicy=Foreground"
            apiserver.request("DELETE", path)
            wait_until(lambda: made.pods() == [], seconds=_SECONDS)
            for name in made.nodes:
                apiserver.request("DELETE", f"/api/v1/nodes/{name}")


def test_the_image_is_kept_where_it_is_asked_for_and_each_node_without_it_is_named(cluster: _Cluster) -> None:
    meant = sorted(name for name in cluster.nodes if name.rpartition("-")[0] in _MEANT)
    assert (len(cluster.nodes), len(meant)) == (50, 40)
    first = cluster.apply(_OLD)
    wait_until(cluster.is_rolled_out, seconds=_SECONDS)
    # The real controller and the check mean the same nodes.
    assert sorted(pod["spec"]["nodeName"] for pod in cluster.pods()) == meant

    late = ["cordoned-1", "plain-7", "tolerated-3"]
    cluster.pull(_OLD, *(name for name in cluster.nodes if name not in late))
    code, said = cluster.check(_OLD)
    assert (code, said["missing"]) == (1, late)
    counts = {state: said[f"{state}_nodes"] for state in ("present", "missing", "not_ready", "not_meant", "unlisted")}
    assert counts == {"present": 37, "missing": 3, "not_ready": 3, "not_meant": 7, "unlisted": 0}
    cluster.pull(_OLD, *late)
    assert cluster.check(_OLD)[0] == 0

    # The same again changes nothing, another digest rolls every pod once.
    before = {pod["metadata"]["uid"] for pod in cluster.pods()}
    assert cluster.apply(_OLD)["metadata"]["generation"] == first["metadata"]["generation"]
    assert cluster.apply(_NEW)["metadata"]["generation"] == first["metadata"]["generation"] + 1
    wait_until(cluster.is_rolled_out, seconds=_SECONDS)
    after = {pod["metadata"]["uid"]: pod["spec"] for pod in cluster.pods()}
    assert before.isdisjoint(after)
    assert {spec["containers"][0]["image"] for spec in after.values()} == {_NEW}
    assert sorted(spec["nodeName"] for spec in after.values()) == meant
    assert cluster.revisions() == 2
    assert cluster.check(_NEW)[1]["missing"] == meant

    # Who comes later is served, and asked, too.
    cluster.pull(_NEW, *meant)
    cluster.add("plain-new", {"pool": "workspaces"}, [])
    wait_until(lambda: "plain-new" in [pod["spec"].get("nodeName") for pod in cluster.pods()], seconds=_SECONDS)
    wait_until(cluster.is_rolled_out, seconds=_SECONDS)
    code, said = cluster.check(_NEW)
    assert (code, said["missing"]) == (1, ["plain-new"])
