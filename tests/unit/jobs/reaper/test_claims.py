import json
import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from components.reaper_manifests import REAPER_NAME, build_role, build_role_binding, build_service_account
from core.errors import SptFlowError
from jobs.cluster_api import ClusterError
from jobs.reaper.claims import ORPHANED_SINCE, WORKSPACE_ID, ClaimChangedError, ClaimStore
from jobs.reaper.decision import Claim
from tests.support.apiserver import ApiServer

_TIME = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


class _Namespace:
    """A namespace of one test, asked by other means than the code under test."""

    def __init__(self, server: ApiServer, name: str) -> None:
        self.server, self.name = server, name
        self.path = f"/api/v1/namespaces/{name}/persistentvolumeclaims"

    def add(self, name: str, **labels: str) -> None:
        spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
        self.server.request("POST", self.path, {"metadata": {"name": name, "labels": labels}, "spec": spec})

    def claims(self) -> dict[str, Any]:
        return {item["metadata"]["name"]: item for item in self.server.request("GET", self.path)["items"]}


@pytest.fixture
def namespace(apiserver: ApiServer, monkeypatch: pytest.MonkeyPatch) -> _Namespace:
    # The whole cluster goes with the test run.
    name = f"workspaces-{secrets.token_hex(4)}"
    apiserver.request("POST", "/api/v1/namespaces", {"metadata": {"name": name}})
    monkeypatch.setenv("KUBECONFIG", str(apiserver.kubeconfig))
    return _Namespace(apiserver, name)


@pytest.fixture
def store(namespace: _Namespace) -> Iterator[ClaimStore]:
    with ClaimStore(namespace.name) as store:
        yield store


def _named(store: ClaimStore, name: str) -> Claim:
    (claim,) = [claim for claim in store.list_all() if claim.name == name]
    return claim


def test_only_labelled_claims_are_listed_and_all_of_them(namespace: _Namespace, store: ClaimStore) -> None:
    namespace.add("other", app="x")
    names = [f"home-{number:03}" for number in range(120)]
    for name in names:
        namespace.add(name, **{WORKSPACE_ID: "00000000-0000-0000-0000-000000000001"})
    claims = store.list_all()
    assert sorted(claim.name for claim in claims) == names
    assert {claim.workspace_label for claim in claims} == {"00000000-0000-0000-0000-000000000001"}
    assert {(claim.is_terminating, claim.orphaned_since) for claim in claims} == {(False, None)}


def test_a_mark_is_written_read_and_taken_off(namespace: _Namespace, store: ClaimStore) -> None:
    namespace.add("home", **{WORKSPACE_ID: "x"})
    store.mark(_named(store, "home"), _TIME)
    assert namespace.claims()["home"]["metadata"]["annotations"] == {ORPHANED_SINCE: "2026-11-21T12:00:00+00:00"}
    marked = _named(store, "home")
    assert marked.marked_at == _TIME
    store.unmark(marked)
    assert _named(store, "home").orphaned_since is None
    assert ORPHANED_SINCE not in namespace.claims()["home"]["metadata"].get("annotations", {})


def test_what_changed_in_the_meantime_is_left_alone(namespace: _Namespace, store: ClaimStore) -> None:
    namespace.add("home", **{WORKSPACE_ID: "x"})
    seen = _named(store, "home")
    change = {"metadata": {"labels": {"used": "again"}}}
    namespace.server.request("PATCH", f"{namespace.path}/home", change, "application/merge-patch+json")
    with pytest.raises(ClaimChangedError):
        store.delete(seen)
    with pytest.raises(ClaimChangedError):
        store.mark(seen, _TIME)
    # Another one of the same name is not the one that was seen.
    now = _named(store, "home")
    with pytest.raises(ClaimChangedError):
        store.delete(replace(now, uid="00000000-0000-0000-0000-000000000000"))
    assert "deletionTimestamp" not in namespace.claims()["home"]["metadata"]
    store.delete(now)
    assert namespace.claims().get("home", {"metadata": {"deletionTimestamp": "?"}})["metadata"]["deletionTimestamp"]
    with pytest.raises(ClaimChangedError):
        store.delete(seen)


def test_an_api_that_cannot_be_asked_is_one_sentence(
    namespace: _Namespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = json.loads(namespace.server.kubeconfig.read_text())
    config["clusters"][0]["cluster"]["server"] = "https://127.0.0.1:1"
    (tmp_path / "nowhere").write_text(json.dumps(config))
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "nowhere"))
    with ClaimStore(namespace.name) as store, pytest.raises(ClusterError, match="could not be asked"):
        store.list_all()
    config = json.loads(namespace.server.kubeconfig.read_text())
    config["users"][0]["user"]["token"] = "canary-of-a-token"  # noqa: S105 - it is to be refused
    (tmp_path / "refused").write_text(json.dumps(config))
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "refused"))
    with ClaimStore(namespace.name) as store, pytest.raises(ClusterError, match="401") as caught:
        store.list_all()
    assert "canary" not in str(caught.value)


def test_without_any_credentials_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    with ClaimStore("coder-workspace") as store, pytest.raises(ClusterError, match="could not be asked"):
        store.list_all()


def _as_reaper(namespace: _Namespace, tmp_path: Path) -> Path:
    """Apply the platform's own account, role and binding, and return a kubeconfig of that account."""
    rbac = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{namespace.name}"
    accounts = f"/api/v1/namespaces/{namespace.name}/serviceaccounts"
    namespace.server.request("POST", accounts, build_service_account(namespace.name))
    namespace.server.request("POST", f"{rbac}/roles", build_role(namespace.name))
    namespace.server.request("POST", f"{rbac}/rolebindings", build_role_binding(namespace.name, namespace.name))
    request = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
    answer = namespace.server.request("POST", f"{accounts}/{REAPER_NAME}/token", request)
    config = json.loads(namespace.server.kubeconfig.read_text())
    config["users"][0]["user"]["token"] = answer["status"]["token"]
    path = tmp_path / "reaper"
    path.write_text(json.dumps(config))
    return path


def test_the_role_of_the_platform_is_enough_and_no_more(
    namespace: _Namespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    namespace.add("home", **{WORKSPACE_ID: "x"})
    monkeypatch.setenv("KUBECONFIG", str(_as_reaper(namespace, tmp_path)))
    with ClaimStore(namespace.name) as store:
        store.mark(_named(store, "home"), _TIME)
        store.unmark(_named(store, "home"))
        store.delete(_named(store, "home"))
    with ClaimStore("default") as elsewhere, pytest.raises(SptFlowError, match="403"):
        elsewhere.list_all()
