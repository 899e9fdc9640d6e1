"""Snapshots by storage against a real API server, with a played controller: the job's own rights, and every promise."""

import io
import json
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest

from components.snapshots_manifests import (
    SNAPSHOT_CLASS,
    SNAPSHOTS_NAME,
    build_class,
    build_cluster_role,
    build_cluster_role_binding,
    build_role,
    build_role_binding,
    build_service_account,
)
from core.errors import SptFlowError, UsageError
from jobs.environment import read_settings
from jobs.event_log import EventLog
from jobs.snapshots.cluster import Cluster, RefusedError
from jobs.snapshots.csi import OF_CLAIM, CsiSnapshots, snapshot_name
from jobs.snapshots.homes import HOME_LABEL, facts, list_homes
from jobs.snapshots.model import State
from jobs.snapshots.restore import restore_home
from jobs.snapshots.run import run_home_snapshots
from jobs.snapshots.settings import SnapshotSettings
from tests.standins.snapshots.controller import SnapshotController
from tests.standins.snapshots.crds import snapshot_definitions
from tests.support.apiserver import ApiServer
from tests.support.patience import wait_until

_API = "/apis/snapshot.storage.k8s.io/v1"
_RBAC = "/apis/rbac.authorization.k8s.io/v1"


class _Space:
    """A namespace with homes, asked by other means than the code under test."""

    def __init__(self, server: ApiServer, name: str) -> None:
        self.server, self.name = server, name
        self.claims = f"/api/v1/namespaces/{name}/persistentvolumeclaims"
        self.path = f"{_API}/namespaces/{name}/volumesnapshots"

    def add_home(self, name: str) -> None:
        spec = {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "1Gi"}},
            "storageClassName": "s",
        }
        metadata = {"name": name, "labels": {HOME_LABEL: "w", "com.coder.workspace.name": "n"}}
        self.server.request("POST", self.claims, {"metadata": metadata, "spec": spec})
        # No node, no binder: it is said to be bound.
        bound = {"status": {"phase": "Bound"}}
        self.server.request("PATCH", f"{self.claims}/{name}/status", bound, "application/merge-patch+json")

    def snapshots(self) -> dict[str, Any]:
        return {item["metadata"]["name"]: item for item in self.server.request("GET", self.path)["items"]}

    def contents(self) -> list[str]:
        items = self.server.request("GET", f"{_API}/volumesnapshotcontents")["items"]
        return [
            each["metadata"]["name"] for each in items if each["spec"]["volumeSnapshotRef"]["namespace"] == self.name
        ]


def _post(server: ApiServer, path: str, manifest: dict[str, Any]) -> None:
    try:
        server.request("POST", path, manifest)
    except HTTPError as error:
        if error.code != 409:
            raise


@pytest.fixture(scope="module")
def storage(apiserver: ApiServer) -> ApiServer:
    """Define the kinds and the platform's class, once."""
    for definition in snapshot_definitions():
        _post(apiserver, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition)

    def is_served() -> bool:
        try:
            return len(apiserver.request("GET", _API)["resources"]) >= 3
        except HTTPError:
            return False

    wait_until(is_served)
    wait_until(lambda: _answers(apiserver, f"{_API}/volumesnapshotclasses"))
    _post(apiserver, f"{_API}/volumesnapshotclasses", build_class("csi.example.com", {}))
    return apiserver


def _answers(server: ApiServer, path: str) -> bool:
    try:
        server.request("GET", path)
    except HTTPError:
        return False
    return True


@pytest.fixture
def space(storage: ApiServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[_Space]:
    """Make a namespace, and the job's account with just the rights that the component gives it."""
    name = f"homes-{secrets.token_hex(4)}"
    own = f"{name}-jobs"
    for each in (name, own):
        storage.request("POST", "/api/v1/namespaces", {"metadata": {"name": each}})
    storage.request("POST", f"/api/v1/namespaces/{own}/serviceaccounts", build_service_account(own))
    storage.request("POST", f"{_RBAC}/namespaces/{name}/roles", build_role(name, by_storage=True))
    storage.request("POST", f"{_RBAC}/namespaces/{name}/rolebindings", build_role_binding(own, name))
    _post(storage, f"{_RBAC}/clusterroles", build_cluster_role())
    binding = build_cluster_role_binding(own)
    binding["metadata"]["name"] = own
    storage.request("POST", f"{_RBAC}/clusterrolebindings", binding)
    asked = {"spec": {"expirationSeconds": 3600}}
    path = f"/api/v1/namespaces/{own}/serviceaccounts/{SNAPSHOTS_NAME}/token"
    token = storage.request("POST", path, asked)["status"]["token"]
    config = json.loads(storage.kubeconfig.read_text(encoding="utf-8"))
    config["users"][0]["user"]["token"] = token
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(json.dumps(config), encoding="utf-8")
    monkeypatch.setenv("KUBECONFIG", str(kubeconfig))
    yield _Space(storage, name)
    storage.request("DELETE", f"{_RBAC}/clusterrolebindings/{own}")


@pytest.fixture
def controller(space: _Space) -> Iterator[SnapshotController]:
    with SnapshotController(space.server, space.name) as running:
        yield running


def _settings(space: _Space, **changes: str) -> SnapshotSettings:
    variables = {
        "SNAPSHOT_IMAGE": "x:1",
        "SNAPSHOT_NAMESPACE": space.name,
        "SNAPSHOT_CLASS": SNAPSHOT_CLASS,
        "SNAPSHOT_WAIT_SECONDS": "20",
        **changes,
    }
    return read_settings(SnapshotSettings, variables)


def _run(space: _Space, **changes: str) -> tuple[int, list[dict[str, Any]]]:
    stream = io.StringIO()
    code = run_home_snapshots(_settings(space, **changes), EventLog("home-snapshots", stream))
    return code, [json.loads(line) for line in stream.getvalue().splitlines()]


def test_every_home_gets_its_snapshot_once_with_the_jobs_own_rights(
    space: _Space, controller: SnapshotController
) -> None:
    for name in ("one", "two"):
        space.add_home(name)
    code, said = _run(space)
    assert (code, said[-1]["taken"], said[-1]["kept"]) == (0, 2, 2), said
    assert (said[0]["event"], said[0]["way"]) == ("way", "csi")
    found = space.snapshots()
    assert len(found) == 2
    uids = {item["metadata"]["uid"] for item in space.server.request("GET", space.claims)["items"]}
    assert {item["metadata"]["labels"][OF_CLAIM] for item in found.values()} == uids
    assert sorted(controller.storage.values()) == ["one", "two"]
    # I4: again, and nothing is made.
    code, said = _run(space)
    assert (code, said[-1]["taken"]) == (0, 0)
    assert space.snapshots().keys() == found.keys()


def test_i3_only_snapshots_with_the_jobs_label_are_looked_at(space: _Space, controller: SnapshotController) -> None:
    space.add_home("one")
    spec = {"volumeSnapshotClassName": SNAPSHOT_CLASS, "source": {"persistentVolumeClaimName": "one"}}
    kind = {"apiVersion": "snapshot.storage.k8s.io/v1", "kind": "VolumeSnapshot"}
    space.server.request("POST", space.path, {**kind, "metadata": {"name": "somebody-elses"}, "spec": spec})
    wait_until(lambda: len(controller.storage) == 1)
    code, said = _run(space)
    assert (code, said[-1]["taken"], said[-1]["kept"]) == (0, 1, 1)
    with Cluster() as cluster:
        own = CsiSnapshots(cluster, space.name, SNAPSHOT_CLASS)
        for each in own.list():
            own.remove(each)
    wait_until(lambda: set(space.snapshots()) == {"somebody-elses"})


def test_a_removed_snapshot_frees_its_storage_though_the_class_retains(
    space: _Space, controller: SnapshotController
) -> None:
    space.add_home("one")
    assert _run(space)[0] == 0
    with Cluster() as cluster:
        own = CsiSnapshots(cluster, space.name, SNAPSHOT_CLASS)
        (snapshot,) = own.list()
        own.remove(snapshot)
        wait_until(lambda: space.snapshots() == {})
        own.remove(snapshot)
    assert (controller.storage, space.contents()) == ({}, [])


def test_what_goes_in_another_way_keeps_its_storage(space: _Space, controller: SnapshotController) -> None:
    """Somebody deletes the objects, or the namespace: the class retains."""
    space.add_home("one")
    assert _run(space)[0] == 0
    (name,) = space.snapshots()
    space.server.request("DELETE", f"{space.path}/{name}")
    wait_until(lambda: space.snapshots() == {})
    assert list(controller.storage.values()) == ["one"]
    assert len(space.contents()) == 1


def test_a_content_of_another_snapshot_is_never_switched(space: _Space, controller: SnapshotController) -> None:
    space.add_home("one")
    space.add_home("two")
    assert _run(space)[0] == 0
    one, two = (item for _, item in sorted(space.snapshots().items()))
    foreign = {"status": {"boundVolumeSnapshotContentName": two["status"]["boundVolumeSnapshotContentName"]}}
    path = f"{space.path}/{one['metadata']['name']}"
    space.server.request("PATCH", f"{path}/status", foreign, "application/merge-patch+json")
    with Cluster() as cluster:
        own = CsiSnapshots(cluster, space.name, SNAPSHOT_CLASS)
        mine = next(each for each in own.list() if each.claim == "one")
        with pytest.raises(SptFlowError, match="belongs to another one; it is kept"):
            own.remove(mine)
    assert len(controller.storage) == 2
    assert len(space.snapshots()) == 2


def test_i2_one_that_fails_or_hangs_is_told_and_a_later_run_goes_on(
    space: _Space, controller: SnapshotController
) -> None:
    space.add_home("one")
    controller.is_failing = True
    code, said = _run(space)
    errors = [line["error"] for line in said if line["event"] == "take" and line["level"] == "error"]
    assert (code, errors) == (1, ["the disk is on fire"])
    controller.is_failing = False
    # The error was one that is tried again: the same snapshot comes to be.
    wait_until(lambda: all((item.get("status") or {}).get("readyToUse") for item in space.snapshots().values()))
    code, said = _run(space)
    assert (code, said[-1]["taken"], said[-1]["kept"]) == (0, 0, 1)
    controller.is_stuck = True
    space.add_home("two")
    code, said = _run(space, SNAPSHOT_WAIT_SECONDS="1")
    assert (code, said[-1]["not_ready"]) == (1, 1)
    # Still being made: it is waited for, and no second one is begun.
    controller.is_stuck = False
    code, said = _run(space)
    assert (code, said[-1]["taken"], said[-1]["kept"]) == (0, 0, 2)


def test_a_destroyed_claim_is_made_of_its_newest_snapshot_and_of_no_other(
    space: _Space, controller: SnapshotController
) -> None:
    space.add_home("one")
    assert _run(space)[0] == 0
    (name,) = space.snapshots()
    log = EventLog("restore-home", io.StringIO())
    with pytest.raises(UsageError, match="is there, and a restore writes over nothing") as caught:
        restore_home(_settings(space), log, claim="one", source="latest")
    assert caught.value.next_command == "make restore PVC=one FROM=latest TO=one-restored"
    space.server.request(
        "PATCH", f"{space.claims}/one", {"metadata": {"finalizers": None}}, "application/merge-patch+json"
    )
    space.server.request("DELETE", f"{space.claims}/one")
    wait_until(lambda: space.server.request("GET", space.claims)["items"] == [])
    assert restore_home(_settings(space), log, claim="one", source="latest") == 0
    assert restore_home(_settings(space), log, claim="one", source=name, target="beside") == 0
    made = {item["metadata"]["name"]: item for item in space.server.request("GET", space.claims)["items"]}
    source = {"apiGroup": "snapshot.storage.k8s.io", "kind": "VolumeSnapshot", "name": name}
    assert {each["spec"]["dataSource"]["name"] for each in made.values()} == {name}
    assert made["one"]["spec"]["dataSource"] == source
    assert made["one"]["metadata"]["labels"] == {HOME_LABEL: "w", "com.coder.workspace.name": "n"}
    assert HOME_LABEL not in made["beside"]["metadata"]["labels"]
    assert (made["one"]["spec"]["storageClassName"], made["one"]["spec"]["accessModes"]) == ("s", ["ReadWriteOnce"])
    # The storage needs more room than the claim had asked for.
    assert made["one"]["spec"]["resources"]["requests"]["storage"] == "2Gi"
    # Nothing is bound here: the snapshot is in use, and stays however old it is.
    with Cluster() as cluster:
        assert CsiSnapshots(cluster, space.name, SNAPSHOT_CLASS).in_use() == {name}
    assert len(controller.storage) == 1


def test_a_claim_that_is_gone_is_marked_once(space: _Space, controller: SnapshotController) -> None:
    space.add_home("one")
    assert _run(space)[0] == 0
    space.server.request(
        "PATCH", f"{space.claims}/one", {"metadata": {"finalizers": None}}, "application/merge-patch+json"
    )
    space.server.request("DELETE", f"{space.claims}/one")
    wait_until(lambda: space.server.request("GET", space.claims)["items"] == [])
    for expected in (1, 0):
        _, said = _run(space)
        assert len([line for line in said if line["event"] == "claim-gone"]) == expected
    with Cluster() as cluster:
        (snapshot,) = CsiSnapshots(cluster, space.name, SNAPSHOT_CLASS).list()
    assert snapshot.gone_since is not None
    assert abs(datetime.now(UTC) - snapshot.gone_since) < timedelta(minutes=5)
    assert (snapshot.claim, snapshot.state, len(controller.storage)) == ("one", State.READY, 1)


def test_the_account_may_do_nothing_else(space: _Space) -> None:
    with Cluster() as cluster:
        for path in ("api/v1/namespaces/default/persistentvolumeclaims", f"api/v1/namespaces/{space.name}/secrets"):
            with pytest.raises(RefusedError, match="403"):
                cluster.list(path)
        with pytest.raises(RefusedError, match="403"):
            cluster.delete("apis/snapshot.storage.k8s.io/v1/volumesnapshotcontents/any")
        assert facts(cluster, SNAPSHOT_CLASS).driver == "csi.example.com"
        assert list_homes(cluster, space.name) == []


@pytest.mark.parametrize("length", [1, 60, 238, 239, 240, 250, 253])
def test_names_of_snapshots_are_never_too_long_and_tell_claims_apart(length: int) -> None:
    moment = datetime(2026, 11, 22, 2, 17, tzinfo=UTC)
    first, second = snapshot_name("a" * length, moment), snapshot_name("a" * (length - 1) + "b", moment)
    assert len(first) <= 253
    assert first != second
    assert first.endswith("-20261122t0217")
