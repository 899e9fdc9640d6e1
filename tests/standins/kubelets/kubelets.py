"""Kubelets of nodes that are not there: what kwok does by default, for nodes with its annotation.

The nodes are ready and keep their leases, pods that the scheduler binds to them run and have an address, those of jobs
have done their work at once, pods that are deleted go. No image is pulled: a test says which node has what.
"""

__all__ = ["FAKE", "Kubelets"]

import time
from datetime import UTC, datetime
from typing import Any, Final
from urllib.error import HTTPError

from tests.standins.controller import PlayedController
from tests.support.apiserver import ApiServer

FAKE: Final = {"kwok.x-k8s.io/node": "fake"}
"""Annotation of the nodes that are played."""

_MERGE: Final = "application/merge-patch+json"
_LEASE_SECONDS: Final = 10.0
_LEASES: Final = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases"
_CAPACITY: Final = {"cpu": "8", "memory": "16Gi", "ephemeral-storage": "100Gi", "pods": "110"}
_NOT_FOUND: Final = 404
_CONFLICT: Final = 409


class Kubelets(PlayedController):
    """Plays them until the end of the block."""

    def __init__(self, server: ApiServer) -> None:
        super().__init__(server)
        self._leased: dict[str, float] = {}
        self._played = 0

    def _look(self) -> None:
        nodes = self._server.request("GET", "/api/v1/nodes")["items"]
        played = {
            node["metadata"]["name"]: node
            for node in nodes
            if FAKE.items() <= (node["metadata"].get("annotations") or {}).items()
        }
        for name, node in played.items():
            if not _is_ready(node):
                self._patch(f"/api/v1/nodes/{name}/status", {"status": _node_status()})
            if time.monotonic() - self._leased.get(name, 0.0) > _LEASE_SECONDS:
                self._renew(name)
        for pod in self._server.request("GET", "/api/v1/pods")["items"]:
            if pod["spec"].get("nodeName") in played:
                self._play(pod)

    def _play(self, pod: dict[str, Any]) -> None:
        metadata = pod["metadata"]
        path = f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}"
        if "deletionTimestamp" in metadata:
            self._ask("DELETE", path, {"gracePeriodSeconds": 0})
        elif pod["status"].get("phase") not in ("Running", "Succeeded"):
            self._played += 1
            address = f"10.97.{self._played // 250 % 250}.{self._played % 250 + 1}"
            self._patch(f"{path}/status", {"status": _pod_status(pod, address)})

    def _renew(self, name: str) -> None:
        spec = {"holderIdentity": name, "leaseDurationSeconds": 40, "renewTime": _now(micro=True)}
        lease = {"metadata": {"name": name, "namespace": "kube-node-lease"}, "spec": spec}
        if name in self._leased:
            self._patch(f"{_LEASES}/{name}", {"spec": spec})
        else:
            self._ask("POST", _LEASES, lease)
        self._leased[name] = time.monotonic()

    def _patch(self, path: str, body: object) -> None:
        self._ask("PATCH", path, body, _MERGE)

    def _ask(self, method: str, path: str, body: object, content_type: str = "application/json") -> None:
        try:
            self._server.request(method, path, body, content_type)
        except HTTPError as error:
            # Whatever it was about has gone or come in the meantime; the next look sees it.
            if error.code not in (_NOT_FOUND, _CONFLICT):
                raise


def _is_ready(node: dict[str, Any]) -> bool:
    conditions = node.get("status", {}).get("conditions") or []
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


def _node_status() -> dict[str, Any]:
    ready = {
        "type": "Ready",
        "status": "True",
        "reason": "KubeletReady",
        "lastHeartbeatTime": _now(),
        "lastTransitionTime": _now(),
    }
    return {"conditions": [ready], "capacity": _CAPACITY, "allocatable": _CAPACITY}


def _pod_status(pod: dict[str, Any], address: str) -> dict[str, Any]:
    now = _now()
    is_done = any(owner["kind"] == "Job" for owner in pod["metadata"].get("ownerReferences", []))
    is_ready = "False" if is_done else "True"
    states = {"PodScheduled": "True", "Initialized": "True", "ContainersReady": is_ready, "Ready": is_ready}
    conditions = [{"type": name, "status": status, "lastTransitionTime": now} for name, status in states.items()]
    finished = {"exitCode": 0, "reason": "Completed", "startedAt": now, "finishedAt": now}
    containers = [
        {
            "name": container["name"],
            "image": container["image"],
            "imageID": container["image"],
            "ready": not is_done,
            "started": not is_done,
            "restartCount": 0,
            "state": {"terminated": finished} if is_done else {"running": {"startedAt": now}},
        }
        for container in pod["spec"]["containers"]
    ]
    return {
        "phase": "Succeeded" if is_done else "Running",
        "startTime": now,
        "podIP": address,
        "podIPs": [{"ip": address}],
        "conditions": conditions,
        "containerStatuses": containers,
    }


def _now(*, micro: bool = False) -> str:
    form = "%Y-%m-%dT%H:%M:%S.%fZ" if micro else "%Y-%m-%dT%H:%M:%SZ"
    return datetime.now(UTC).strftime(form)
