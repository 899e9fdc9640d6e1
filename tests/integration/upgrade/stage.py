"""A cluster without nodes on which the platform is brought from one version to another by the real engine."""

__all__ = ["CLASS", "HOME", "Stage", "Volume", "takes_away"]

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import yaml

from tests.integration.upgrade.platform_program import Change, declare_platform
from tests.standins.kubelets.kubelets import FAKE
from tests.support.apiserver import ApiServer
from tests.support.pulumi_engine import PulumiEngine

CLASS: Final = "expandable"
"""StorageClass of all volumes; one that can make them larger."""

HOME: Final = "coder-workspace/home-of-alice"
"""Claim of a home, which Coder has made and the program does not know."""

_VOLUMES: Final = 8
_TAKES_AWAY: Final = frozenset(
    {"delete", "replace", "create-replacement", "delete-replaced", "discard", "discard-replaced"}
)


@dataclass(frozen=True)
class Volume:
    """A claim and the volume behind it, by what cannot be the same after it was made anew."""

    uid: str
    volume: str
    held_by: str
    phase: str
    is_going: bool


@dataclass
class Stage:
    """The cluster, the engine, and the version that was brought up last."""

    api: ApiServer
    engine: PulumiEngine
    version: Change
    first: Mapping[str, Volume] = field(default_factory=dict)
    password: str = ""

    def prepare(self) -> None:
        """Make a node, the class and volumes that are free."""
        labels = {"kubernetes.io/os": "linux", "kubernetes.io/hostname": "one"}
        self.api.request("POST", "/api/v1/nodes", {"metadata": {"name": "one", "labels": labels, "annotations": FAKE}})
        storage_class = {
            "metadata": {"name": CLASS},
            "provisioner": "storage.example.com",
            "allowVolumeExpansion": True,
        }
        self.api.request("POST", "/apis/storage.k8s.io/v1/storageclasses", storage_class)
        for number in range(_VOLUMES):
            spec = {
                "capacity": {"storage": "300Gi"},
                "accessModes": ["ReadWriteOnce"],
                "persistentVolumeReclaimPolicy": "Retain",
                "storageClassName": CLASS,
                "hostPath": {"path": f"/nowhere/{number}"},
            }
            body = {"metadata": {"name": f"volume-{number}"}, "spec": spec}
            self.api.request("POST", "/api/v1/persistentvolumes", body)

    def make_home(self) -> None:
        """Make a home, as a template does."""
        namespace, name = HOME.split("/")
        spec = {
            "accessModes": ["ReadWriteOnce"],
            "storageClassName": CLASS,
            "resources": {"requests": {"storage": "20Gi"}},
        }
        path = f"/api/v1/namespaces/{namespace}/persistentvolumeclaims"
        self.api.request("POST", path, {"metadata": {"name": name}, "spec": spec})

    def changed(self, **values: str) -> Change:
        """Return the version of now with other values of settings."""
        return replace(self.version, values={**self.version.values, **values})

    def plan(self, version: Change) -> dict[str, int]:
        """Return how many resources would have which operation; what stays the same is left out."""
        return _changes(self.engine.preview(self._program(version)))

    def up(self, version: Change) -> dict[str, int]:
        """Bring the version up; return how many resources had which operation."""
        self.engine.up(self._program(version))
        self.version = version
        return _changes(self.engine.operations)

    def volumes(self) -> dict[str, Volume]:
        """Return every claim of the cluster with its volume, by namespace and name."""
        held = {item["metadata"]["name"]: item for item in self._items("/api/v1/persistentvolumes")}
        found = {}
        for claim in self._items("/api/v1/persistentvolumeclaims"):
            metadata, name = claim["metadata"], claim["spec"].get("volumeName", "")
            volume = held.get(name, {})
            found[f"{metadata['namespace']}/{metadata['name']}"] = Volume(
                uid=metadata["uid"],
                volume=name,
                held_by=volume.get("spec", {}).get("claimRef", {}).get("uid", ""),
                phase=volume.get("status", {}).get("phase", ""),
                is_going="deletionTimestamp" in metadata,
            )
        return found

    def read_password(self) -> str:
        """Return the database's password as its Secret has it."""
        return str(self.api.request("GET", "/api/v1/namespaces/coder/secrets/coder-database")["data"]["password"])

    def requested(self, claim: str) -> str:
        """Return the size that a claim asks for."""
        namespace, name = claim.split("/")
        found = self.api.request("GET", f"/api/v1/namespaces/{namespace}/persistentvolumeclaims/{name}")
        return str(found["spec"]["resources"]["requests"]["storage"])

    def objects(self, path: str) -> set[str]:
        """Return the names of the objects at an API path."""
        return {item["metadata"]["name"] for item in self._items(path)}

    def images(self, namespace: str) -> set[str]:
        """Return the images of the pods that run in a namespace."""
        pods = self._items(f"/api/v1/namespaces/{namespace}/pods")
        alive = [pod for pod in pods if "deletionTimestamp" not in pod["metadata"]]
        return {container["image"] for pod in alive for container in pod["spec"]["containers"]}

    def _items(self, path: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.api.request("GET", path)["items"]
        return items

    def _program(self, version: Change) -> Callable[[], None]:
        context = yaml.safe_load(self.api.kubeconfig.read_text(encoding="utf-8"))["current-context"]
        return lambda: declare_platform(version, kubeconfig_path=str(self.api.kubeconfig), context=context)


def takes_away(plan: Mapping[str, int]) -> set[str]:
    """Return the operations of a plan by which something that is there goes, if only to be made anew."""
    return plan.keys() & _TAKES_AWAY


def _changes(operations: Mapping[str, int]) -> dict[str, int]:
    return {kind: count for kind, count in operations.items() if kind != "same"}
