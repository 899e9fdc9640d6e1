"""The lab's audit policy on a real API server: who did what is written down, and nothing that opens a door."""

import base64
import json
import secrets
import time
import urllib.error
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from lab.cluster.audit import AUDIT_RETENTION, AuditRetention, audit_policy, build_audit_arguments
from tests.support.apiserver import ApiServer, running_apiserver

_CANARY: Final = f"canary-{secrets.token_hex(8)}"
_SMALL: Final = AuditRetention(days=1, files=2, megabytes=1)
_SECONDS: Final = 10.0
_NAMESPACE: Final = "/api/v1/namespaces/default"

Entry = dict[str, Any]


class Audited:
    """An API server with the lab's policy, and its log."""

    def __init__(self, server: ApiServer, log: Path) -> None:
        self._server = server
        self.log = log

    def ask(self, method: str, path: str, body: object = None, content_type: str = "application/json") -> Any:  # noqa: ANN401 - any answer
        """Send a request; a refusal is an answer, too."""
        try:
            return self._server.request(method, path, body, content_type)
        except urllib.error.HTTPError as refused:
            return json.loads(refused.read())

    def entries(self) -> list[Entry]:
        """Return what is in the log's files; a line that is being written is left out."""
        files = sorted(self.log.parent.glob("audit*.log"))
        lines = [line for file in files for line in file.read_text().splitlines(keepends=True)]
        return [json.loads(line) for line in lines if line.endswith("\n")]

    def find(self, verb: str, path: str) -> list[Entry]:
        """Return entries about a request whose address begins with `path`, as soon as there are any."""
        deadline = time.monotonic() + _SECONDS
        while time.monotonic() < deadline:
            if found := self.find_now(verb, path):
                return found
            time.sleep(0.1)
        return []

    def find_now(self, verb: str, path: str) -> list[Entry]:
        """Return those that are there."""
        ended = [each for each in self.entries() if each["stage"] == "ResponseComplete"]
        return [each for each in ended if each["verb"] == verb and each["requestURI"].startswith(path)]


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Audited]:
    folder = tmp_path_factory.mktemp("audit")
    policy, log = folder / "policy.yaml", folder / "log" / "audit.log"
    policy.write_text(audit_policy())
    log.parent.mkdir()
    with running_apiserver(folder, *build_audit_arguments(policy, log, _SMALL)) as server:
        yield Audited(server, log)


def _config_map(name: str) -> Entry:
    return {"metadata": {"name": name}, "data": {"key": _CANARY}}


def _deployment(name: str, note: str) -> Entry:
    container = {"name": "main", "image": "example.com/x:1"}
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    spec = {"replicas": 0, "selector": {"matchLabels": labels}, "template": template}
    return {"metadata": {"name": name, "annotations": {"note": note}}, "spec": spec}


def test_a_change_says_who_sent_what_and_how_it_ended(audited: Audited) -> None:
    path = "/apis/apps/v1/namespaces/default/deployments"
    audited.ask("POST", path, _deployment("web", "asked for by nobody"))
    audited.ask("DELETE", f"{path}/web")
    (made,) = audited.find("create", path)
    assert made["user"]["username"] == "admin"
    assert made["responseStatus"]["code"] == 201
    assert made["sourceIPs"] == ["127.0.0.1"]
    assert made["requestObject"]["metadata"]["annotations"] == {"note": "asked for by nobody"}
    assert "responseObject" not in made
    (gone,) = audited.find("delete", f"{path}/web")
    assert gone["objectRef"]["name"] == "web"


def test_a_refused_change_is_there_too(audited: Audited) -> None:
    path = f"{_NAMESPACE}/pods"
    audited.ask("POST", path, {"metadata": {"name": "no containers"}})
    assert [each["responseStatus"]["code"] for each in audited.find("create", path)] == [422]


def test_secrets_are_named_and_never_shown(audited: Audited) -> None:
    path = f"{_NAMESPACE}/secrets"
    applied = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "applied"}, "stringData": {"key": _CANARY}}
    audited.ask("POST", path, {"metadata": {"name": "door"}, "stringData": {"key": _CANARY}})
    audited.ask("GET", f"{path}/door")
    audited.ask("PATCH", f"{path}/door", {"stringData": {"key": _CANARY + "2"}}, "application/merge-patch+json")
    audited.ask("PATCH", f"{path}/applied?fieldManager=tests", applied, "application/apply-patch+yaml")
    audited.ask("GET", path)
    audited.ask("POST", f"{_NAMESPACE}/configmaps", _config_map("notes"))
    audited.ask("DELETE", f"{path}/door")
    for verb, address in (
        ("create", path),
        ("get", f"{path}/door"),
        ("list", path),
        ("patch", f"{path}/door"),
        ("patch", f"{path}/applied"),
        ("create", f"{_NAMESPACE}/configmaps"),
        ("delete", f"{path}/door"),
    ):
        found = audited.find(verb, address)
        assert found, (verb, address)
        assert {each["level"] for each in found} == {"Metadata"}
    text = "".join(file.read_text() for file in audited.log.parent.glob("audit*.log"))
    for value in (_CANARY, base64.b64encode(_CANARY.encode()).decode().rstrip("=")[:-1]):
        assert value not in text


def test_the_search_would_find_a_value_that_was_written_down(audited: Audited) -> None:
    mark = f"mark-{secrets.token_hex(8)}"
    audited.ask("POST", "/apis/apps/v1/namespaces/default/deployments?dryRun=All", _deployment("marked", mark))
    audited.find("create", "/apis/apps/v1/namespaces/default/deployments?dryRun=All")
    assert mark in audited.log.read_text()


def test_a_token_is_asked_for_by_somebody_and_is_not_in_the_log(audited: Audited) -> None:
    path = f"{_NAMESPACE}/serviceaccounts/default/token"
    request = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": 600}}
    token = audited.ask("POST", path, request)["status"]["token"]
    review = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": {"token": token}}
    assert audited.ask("POST", "/apis/authentication.k8s.io/v1/tokenreviews", review)["status"]["authenticated"]
    (entry,) = audited.find("create", path)
    assert entry["user"]["username"] == "admin"
    assert audited.find("create", "/apis/authentication.k8s.io/v1/tokenreviews")
    signature = token.rpartition(".")[2]
    assert signature not in audited.log.read_text()


@pytest.mark.parametrize(
    ("way", "query"),
    [("exec", "?command=id"), ("attach", ""), ("portforward", "?ports=80"), ("log", ""), ("proxy/", "")],
)
def test_ways_into_a_pod_are_recorded_whether_they_succeed_or_not(audited: Audited, way: str, query: str) -> None:
    container = {"name": "main", "image": "example.com/x:1"}
    audited.ask("POST", f"{_NAMESPACE}/pods", {"metadata": {"name": "house"}, "spec": {"containers": [container]}})
    path = f"{_NAMESPACE}/pods/house/{way}"
    audited.ask("GET", f"{path}{query}")
    (entry,) = audited.find("get", path)
    assert entry["objectRef"]["name"] == "house"
    assert entry["objectRef"]["subresource"] == way.rstrip("/")
    assert entry["user"]["username"] == "admin"
    assert entry["requestURI"].endswith(query)


def test_what_happens_all_the_time_is_left_out(audited: Audited) -> None:
    for path in (f"{_NAMESPACE}/pods", "/openapi/v3", "/version", "/apis/apps/v1", f"{_NAMESPACE}/events"):
        audited.ask("GET", path)
    event = {"metadata": {"name": "x"}, "involvedObject": {"namespace": "default"}, "reason": "x"}
    audited.ask("POST", f"{_NAMESPACE}/events", event)
    audited.ask("POST", f"{_NAMESPACE}/configmaps", _config_map("after"))
    assert audited.find("create", f"{_NAMESPACE}/configmaps")
    noise = [each for each in audited.entries() if each["verb"] in {"get", "list", "watch"} and each["level"] != "None"]
    ways_in = {"secrets", "pods", "tokenreviews"}
    assert {each.get("objectRef", {}).get("resource") for each in noise} <= ways_in
    assert all("subresource" in each["objectRef"] for each in noise if each["objectRef"]["resource"] == "pods")
    assert not audited.find_now("create", f"{_NAMESPACE}/events")


def test_the_log_is_its_owners_and_takes_no_more_than_its_share(audited: Audited) -> None:
    path, note = "/apis/apps/v1/namespaces/default/deployments?dryRun=All", "x" * 200_000
    for turn in range(30):
        audited.ask("POST", path, _deployment(f"large-{turn}", note))
    assert audited.find("create", path)
    deadline = time.monotonic() + _SECONDS
    while len(_files(audited)) > _SMALL.files + 1 and time.monotonic() < deadline:
        time.sleep(0.1)  # older files are removed in the background
    files = _files(audited)
    assert len(files) == _SMALL.files + 1
    assert sum(file.stat().st_size for file in files) <= (_SMALL.files + 1) * _SMALL.megabytes * 1024**2
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


def _files(audited: Audited) -> list[Path]:
    return list(audited.log.parent.iterdir())


def test_a_lab_keeps_a_month_in_little_space() -> None:
    assert AUDIT_RETENTION.days == 30
    assert (AUDIT_RETENTION.files + 1) * AUDIT_RETENTION.megabytes <= 100
