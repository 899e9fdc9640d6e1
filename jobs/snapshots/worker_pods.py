"""Pods of the workspaces' namespace that work on volumes: made for one order, listened to, taken away."""

__all__ = ["WORKER_NAME", "WorkerPods", "build_worker_pod"]

import json
import secrets
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from core.errors import SptFlowError
from core.kubernetes_names import object_labels
from jobs.snapshots.cluster import Cluster, RefusedError
from jobs.snapshots.settings import SnapshotSettings
from jobs.snapshots.worker import REPOSITORY, SOURCE, VOLUME, Order

WORKER_NAME: Final = "home-snapshots-worker"
"""The app that the pods are."""

_COMPONENT: Final = "snapshots"
_PASSWORD: Final = "/run/secrets/repository"  # noqa: S105 - a folder
_POLL_SECONDS: Final = 0.5
_LEFT_OVER: Final = timedelta(hours=6)
_WORDS: Final = 400
# Homes belong to many users, and restored files get back the owners they had.
_RIGHTS: Final = ("CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID")
_RESOURCES: Final = {
    "requests": {"cpu": "100m", "memory": "128Mi", "ephemeral-storage": "64Mi"},
    "limits": {"cpu": "1", "memory": "1Gi", "ephemeral-storage": "2Gi"},
}


def build_worker_pod(
    name: str, settings: SnapshotSettings, order: Order, *, volume: str | None, source: str | None
) -> dict[str, Any]:
    """Return the pod that carries out the order on the claims `volume` and `source` (which is only read).

    It runs as root with four rights on files and none else: the files of a home are of any owner.
    """
    claims = {
        "volume": (VOLUME, volume, order["do"] in ("take", "digest", "compare")),
        "source": (SOURCE, source, True),
        "repository": (REPOSITORY, settings.repository_claim, False),
    }
    used = {key: each for key, each in claims.items() if each[1] is not None}
    mounts: list[dict[str, Any]] = [
        {"name": key, "mountPath": path, "readOnly": read_only} for key, (path, _, read_only) in used.items()
    ]
    volumes: list[dict[str, Any]] = [
        {"name": key, "persistentVolumeClaim": {"claimName": claim}} for key, (_, claim, _) in used.items()
    ]
    variables = {"SNAPSHOT_ORDER": json.dumps(dict(order), sort_keys=True)}
    if settings.password_secret is not None and settings.repository_claim is not None:
        variables["RESTIC_PASSWORD_FILE"] = f"{_PASSWORD}/password"
        mounts.append({"name": "password", "mountPath": _PASSWORD, "readOnly": True})
        volumes.append({"name": "password", "secret": {"secretName": settings.password_secret, "defaultMode": 0o400}})
    mounts.append({"name": "tmp", "mountPath": "/tmp"})  # noqa: S108 - in the pod
    volumes.append({"name": "tmp", "emptyDir": {"sizeLimit": "1Gi"}})
    container = {
        "name": "worker",
        "image": settings.image,
        "imagePullPolicy": "IfNotPresent",
        "args": ["home-snapshots-worker"],
        "env": [{"name": key, "value": variables[key]} for key in sorted(variables)],
        "resources": _RESOURCES,
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"], "add": list(_RIGHTS)},
        },
        "volumeMounts": mounts,
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": name,
            "namespace": settings.namespace,
            "labels": object_labels(WORKER_NAME, _COMPONENT),
        },
        "spec": {
            "restartPolicy": "Never",
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "terminationGracePeriodSeconds": 5,
            "activeDeadlineSeconds": max(60, int(settings.wait_seconds)),
            "securityContext": {"runAsUser": 0, "runAsGroup": 0, "seccompProfile": {"type": "RuntimeDefault"}},
            "containers": [container],
            "volumes": volumes,
        },
    }


class WorkerPods:
    """Runs orders, one pod each."""

    def __init__(
        self,
        cluster: Cluster,
        settings: SnapshotSettings,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._cluster, self._settings, self._clock, self._sleep = cluster, settings, clock, sleep
        self._path = f"api/v1/namespaces/{settings.namespace}/pods"

    def run(self, order: Order, *, volume: str | None = None, source: str | None = None) -> dict[str, Any]:
        """Carry out the order beside the claims; return its result, raise SptFlowError with the pod's own words."""
        name = f"home-snapshots-{order['do']}-{secrets.token_hex(4)}"
        pod = build_worker_pod(name, self._settings, order, volume=volume, source=source)
        self._cluster.create(self._path, pod)
        try:
            phase = self._wait(name)
            log = self._cluster.text(f"{self._path}/{name}/log") if phase != "Pending" else ""
        finally:
            self._cluster.delete(f"{self._path}/{name}")
        result = _last_line(log)
        if phase != "Succeeded" or result.get("event") != "result":
            raise SptFlowError(f"The pod that was to {order['do']} ended as {phase}: {_reason(result, log)}.")
        return result

    def clear(self, now: datetime) -> list[str]:
        """Take away the pods that killed runs have left, and return their names; raise ClusterError."""
        left = []
        for pod in self._cluster.list(self._path, f"app.kubernetes.io/name={WORKER_NAME}"):
            metadata = pod["metadata"]
            age = now.astimezone(UTC) - datetime.fromisoformat(metadata["creationTimestamp"])
            if age > _LEFT_OVER or (age > timedelta(minutes=5) and _phase(pod) in ("Succeeded", "Failed")):
                self._cluster.delete(f"{self._path}/{metadata['name']}", uid=metadata["uid"])
                left.append(str(metadata["name"]))
        return left

    def _wait(self, name: str) -> str:
        """Return the phase in which the pod ended, or the one it is in when time is up."""
        end = self._clock() + self._settings.wait_seconds
        while True:
            pod = self._cluster.get(f"{self._path}/{name}")
            if pod is None:
                raise RefusedError(f"The pod '{name}' was deleted by somebody else.")
            phase = _phase(pod)
            if phase in ("Succeeded", "Failed") or self._clock() >= end:
                return phase
            self._sleep(_POLL_SECONDS)


def _phase(pod: Mapping[str, Any]) -> str:
    return str((pod.get("status") or {}).get("phase") or "Pending")


def _last_line(log: str) -> dict[str, Any]:
    lines = log.strip().splitlines()
    try:
        found = json.loads(lines[-1]) if lines else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _reason(result: Mapping[str, Any], log: str) -> str:
    return str(result.get("reason") or log.strip()[-_WORDS:] or "it said nothing").rstrip(".")
