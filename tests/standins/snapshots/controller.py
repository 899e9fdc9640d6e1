"""A snapshot controller with a driver, played: it binds contents, says ready, frees storage, and fails when told to."""

__all__ = ["SnapshotController"]

import threading
from datetime import UTC, datetime
from typing import Any, Self
from urllib.error import HTTPError

from tests.support.apiserver import ApiServer

_API = "/apis/snapshot.storage.k8s.io/v1"
_MERGE = "application/merge-patch+json"
_FINALIZER = "snapshot.storage.kubernetes.io/volumesnapshot-bound-protection"
_POLL_SECONDS = 0.1


class SnapshotController:
    """Works on every snapshot of one namespace while it is entered.

    `storage` has what the driver holds, by handle; `is_failing` and `is_stuck` are how the next snapshots fare.
    """

    def __init__(self, server: ApiServer, namespace: str) -> None:
        self._server, self._namespace = server, namespace
        self._path = f"{_API}/namespaces/{namespace}/volumesnapshots"
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self.storage: dict[str, str] = {}
        self.is_failing = False
        self.is_stuck = False
        self.errors: list[str] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(10)
        assert not self.errors, self.errors

    def _work(self) -> None:
        while not self._stop.wait(_POLL_SECONDS):
            try:
                for item in self._server.request("GET", self._path)["items"]:
                    self._turn(item)
            except HTTPError as error:
                # Somebody else was faster; what is there is looked at again.
                if error.code not in (404, 409):
                    self.errors.append(f"{error.code}: {error.read()!r}")
            except OSError as error:
                self.errors.append(str(error))

    def _turn(self, item: dict[str, Any]) -> None:
        metadata, status = item["metadata"], item.get("status") or {}
        content = f"snapcontent-{metadata['uid']}"
        if "deletionTimestamp" in metadata:
            self._let_go(item, content)
        elif not status.get("readyToUse") and not self.is_stuck:
            self._make(item, content)

    def _make(self, item: dict[str, Any], content: str) -> None:
        metadata = item["metadata"]
        if self.is_failing:
            status: dict[str, Any] = {"readyToUse": False, "error": {"message": "the disk is on fire"}}
            self._status(metadata["name"], status)
            return
        found = self._server.request("GET", f"{_API}/volumesnapshotclasses/{item['spec']['volumeSnapshotClassName']}")
        body = {
            "apiVersion": "snapshot.storage.k8s.io/v1",
            "kind": "VolumeSnapshotContent",
            "metadata": {"name": content},
            "spec": {
                "deletionPolicy": found["deletionPolicy"],
                "driver": found["driver"],
                "source": {"snapshotHandle": content},
                "volumeSnapshotRef": {"name": metadata["name"], "namespace": self._namespace, "uid": metadata["uid"]},
            },
        }
        self._server.request("POST", f"{_API}/volumesnapshotcontents", body)
        self._server.request("PATCH", self._own(metadata["name"]), {"metadata": {"finalizers": [_FINALIZER]}}, _MERGE)
        self.storage[content] = item["spec"]["source"]["persistentVolumeClaimName"]
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        self._status(
            metadata["name"],
            {
                "readyToUse": True,
                "creationTime": now,
                "restoreSize": "2Gi",
                "boundVolumeSnapshotContentName": content,
                "error": None,
            },
        )

    def _let_go(self, item: dict[str, Any], content: str) -> None:
        path = f"{_API}/volumesnapshotcontents/{content}"
        try:
            if self._server.request("GET", path)["spec"]["deletionPolicy"] == "Delete":
                self.storage.pop(content, None)
                self._server.request("DELETE", path)
        except HTTPError as error:
            if error.code != 404:
                raise
        self._server.request("PATCH", self._own(item["metadata"]["name"]), {"metadata": {"finalizers": None}}, _MERGE)

    def _status(self, name: str, status: dict[str, Any]) -> None:
        self._server.request("PATCH", f"{self._own(name)}/status", {"status": status}, _MERGE)

    def _own(self, name: str) -> str:
        return f"{self._path}/{name}"
