"""The registry's Deployment as a gate: open with one replica, closed with none, and a Lease that says who closed it."""

__all__ = ["CLOSED", "LEASE_NAME", "OPEN", "ClusterGate", "Gate", "Hold", "HoldLostError"]

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol

from core.errors import SptFlowError
from jobs.cluster_api import ClusterClient, ClusterError

OPEN: Final = 1
"""Replicas of a registry that serves; two never write one volume."""

CLOSED: Final = 0
"""Replicas while its volume is collected."""

LEASE_NAME: Final = "registry-gc"
"""Name of the Lease; a holder in it means: the registry may be closed, and must be opened again."""

LEASE_SECONDS: Final = 60
"""How long a holder that has said nothing counts as alive."""

_LEASES: Final = "coordination.k8s.io/v1"
_DEPLOYMENTS: Final = "apps/v1"
_TIME: Final = "%Y-%m-%dT%H:%M:%S.%fZ"
_NOT_FOUND: Final = 404
_CONFLICT: Final = 409
_ENDED: Final = ("Succeeded", "Failed")


class HoldLostError(SptFlowError):
    """The Lease is somebody else's: nothing may be done to the volume any more."""


@dataclass(frozen=True)
class Hold:
    """Who holds the Lease, when that was last said, and the version of the object that was seen."""

    holder: str
    renewed: datetime | None
    version: str

    def has_expired(self, now: datetime) -> bool:
        """Say whether the holder has said nothing for too long; one that never said anything has."""
        return self.renewed is None or now - self.renewed > timedelta(seconds=LEASE_SECONDS)


class Gate(Protocol):
    """What a collection and its guard ask of the cluster; every method raises ClusterError if it does not answer."""

    def replicas(self) -> int:
        """Return how many replicas the registry is to have."""

    def scale(self, replicas: int) -> None:
        """Set that."""

    def registry_pods(self) -> Sequence[str]:
        """Return the registry's pods that have not ended, those that are ending included."""

    def collectors(self) -> Sequence[str]:
        """Return the pods of collections that have not ended."""

    def hold(self) -> Hold | None:
        """Return who holds the Lease, or None."""

    def take(self, holder: str) -> None:
        """Take the Lease; raise HoldLostError if another one holds it."""

    def renew(self, holder: str) -> None:
        """Say that the holder is alive; raise HoldLostError if it is the holder no more."""

    def release(self, holder: str) -> None:
        """Let go of the Lease, if it is this holder's."""

    def images(self) -> frozenset[str]:
        """Return the references of the images that pods use now, as they are written and as they run."""


class ClusterGate(ClusterClient):
    """The gate in the cluster: a Deployment in `namespace`; images are looked for in all of `namespaces`."""

    def __init__(self, namespace: str, deployment: str, collector: str, namespaces: Sequence[str]) -> None:
        super().__init__()
        self._namespace, self._deployment, self._collector = namespace, deployment, collector
        self._namespaces = namespaces

    def replicas(self) -> int:
        """Return how many replicas the registry is to have."""
        found = self._send("GET", f"deployments/{self._deployment}/scale", group=_DEPLOYMENTS)
        return int(found["spec"].get("replicas", 0))

    def scale(self, replicas: int) -> None:
        """Set that, by the one subresource that changes nothing else."""
        body = {"spec": {"replicas": replicas}}
        self._send("PATCH", f"deployments/{self._deployment}/scale", body, group=_DEPLOYMENTS)

    def registry_pods(self) -> list[str]:
        """Return the registry's pods that have not ended, those that are ending included."""
        return self._living(self._deployment)

    def collectors(self) -> list[str]:
        """Return the pods of collections that have not ended."""
        return self._living(self._collector)

    def hold(self) -> Hold | None:
        """Return who holds the Lease, or None."""
        lease = self._lease()
        return None if lease is None else _hold(lease)

    def take(self, holder: str) -> None:
        """Take the Lease; raise HoldLostError if another one holds it."""
        lease = self._lease()
        found = None if lease is None else _hold(lease)
        if found is not None and found.holder != holder:
            raise HoldLostError(f"The Lease {LEASE_NAME} is held by '{found.holder}'.")
        self._write(holder, lease)

    def renew(self, holder: str) -> None:
        """Say that the holder is alive; raise HoldLostError if it is the holder no more."""
        lease = self._lease()
        found = None if lease is None else _hold(lease)
        if found is None or found.holder != holder:
            raise HoldLostError(f"The Lease {LEASE_NAME} is held by '{holder}' no more.")
        self._write(holder, lease)

    def release(self, holder: str) -> None:
        """Let go of the Lease, if it is this holder's."""
        lease = self._lease()
        found = None if lease is None else _hold(lease)
        if found is not None and found.holder == holder:
            body = {"metadata": {"resourceVersion": found.version}, "spec": {"holderIdentity": None}}
            self._send("PATCH", f"leases/{LEASE_NAME}", body, group=_LEASES)

    def images(self) -> frozenset[str]:
        """Return the references of the images that pods use now, as they are written and as they run."""
        found: set[str] = set()
        for namespace in self._namespaces:
            for pod in self._list(f"pods of {namespace}", namespace, "pods"):
                spec, status = pod["spec"], pod.get("status") or {}
                for kind in ("containers", "initContainers"):
                    found.update(each["image"] for each in spec.get(kind) or [])
                for kind in ("containerStatuses", "initContainerStatuses"):
                    found.update(each["imageID"] for each in status.get(kind) or [] if each.get("imageID"))
        return frozenset(found)

    def _living(self, name: str) -> list[str]:
        selector = f"pods?labelSelector=app.kubernetes.io%2Fname%3D{name}"
        pods = self._list(f"pods of {name}", self._namespace, selector)
        return [pod["metadata"]["name"] for pod in pods if (pod.get("status") or {}).get("phase") not in _ENDED]

    def _list(self, subject: str, namespace: str, url: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self._api.run(self._api.send("GET", namespace, url), f"The {subject}")["items"]
        return items

    def _write(self, holder: str, lease: dict[str, Any] | None) -> None:
        now = datetime.now(UTC).strftime(_TIME)
        spec = {"holderIdentity": holder, "leaseDurationSeconds": LEASE_SECONDS, "renewTime": now}
        try:
            if lease is None:
                body = {"apiVersion": _LEASES, "kind": "Lease", "metadata": {"name": LEASE_NAME}, "spec": spec}
                self._send("POST", "leases", body, group=_LEASES)
            else:
                # With its version the API refuses what has changed since.
                body = {"metadata": {"resourceVersion": lease["metadata"]["resourceVersion"]}, "spec": spec}
                self._send("PATCH", f"leases/{LEASE_NAME}", body, group=_LEASES)
        except ClusterError as error:
            if error.status == _CONFLICT:
                raise HoldLostError(f"The Lease {LEASE_NAME} was taken by another one.") from None
            raise

    def _lease(self) -> dict[str, Any] | None:
        try:
            return self._send("GET", f"leases/{LEASE_NAME}", group=_LEASES)
        except ClusterError as error:
            if error.status == _NOT_FOUND:
                return None
            raise

    def _send(self, method: str, url: str, body: dict[str, Any] | None = None, *, group: str) -> dict[str, Any]:
        return self._api.run(self._api.send(method, self._namespace, url, body, group=group), f"{method} {url}")


def _hold(lease: dict[str, Any]) -> Hold | None:
    spec = lease.get("spec") or {}
    if not spec.get("holderIdentity"):
        return None
    renewed = datetime.fromisoformat(spec["renewTime"]) if spec.get("renewTime") else None
    return Hold(spec["holderIdentity"], renewed, lease["metadata"]["resourceVersion"])
