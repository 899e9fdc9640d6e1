from collections.abc import Callable
from typing import Any

import pytest

from components.coder import Coder, CoderArgs
from components.coder_manifests import (
    build_credentials,
    build_metrics_service,
    build_service,
    build_workspace_role,
    build_workspace_role_binding,
)
from components.coder_values import build_values
from tests.support.recording import Registered, declare
from tests.unit.components.coder_server import SERVER

_ARGS: CoderArgs = {
    "namespace": "coder",
    "workspace_namespace": "coder-workspace",
    "chart": "coder",
    "repository": "https://helm.example.com/v2",
    "server": SERVER,
    "cluster_ip": "10.98.0.80",
}
_CANARY = "canary-51fe"


def _declare(**changes: Any) -> dict[str, Registered]:  # noqa: ANN401 - any argument
    args: CoderArgs = {**_ARGS, **changes}  # type: ignore[typeddict-item] # some of its keys
    return declare(lambda: Coder("coder-server", args))


def test_manifests(golden: Callable[[str, Any], None]) -> None:
    golden(
        "coder",
        [
            build_service("coder", "10.98.0.80", replicas=1),
            build_metrics_service("coder"),
            build_credentials("coder", {"github-client-secret": "eA=="}),
            build_workspace_role("coder-workspace"),
            build_workspace_role_binding("coder-workspace", coder_namespace="coder"),
        ],
    )


def test_what_is_registered() -> None:
    found = _declare()
    assert {name: entry.type for name, entry in found.items()} == {
        "coder-server": "spt-flow:index:Coder",
        "coder-server-role": "kubernetes:rbac.authorization.k8s.io/v1:Role",
        "coder-server-role-binding": "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
        "coder-server-release": "kubernetes:helm.sh/v3:Release",
        "coder-server-service": "kubernetes:core/v1:Service",
        "coder-server-metrics": "kubernetes:core/v1:Service",
        "coder-server-preflight": "command:local:Command",
    }
    assert all(entry.parent == "coder-server" for name, entry in found.items() if name != "coder-server")


def test_the_release_is_the_chart_with_our_values() -> None:
    inputs = _declare()["coder-server-release"].inputs
    assert (inputs["chart"], inputs["version"]) == ("coder", "2.26.5")
    assert inputs["repositoryOpts"] == {"repo": "https://helm.example.com/v2"}
    assert (inputs["name"], inputs["namespace"]) == ("coder", "coder")
    assert inputs["values"] == build_values(SERVER)


def test_the_release_comes_after_the_rights_and_the_version_check_and_before_the_services() -> None:
    found = _declare()
    before = found["coder-server-release"].depends_on
    assert {"coder-server-role", "coder-server-role-binding", "coder-server-preflight"} <= before
    assert "coder-server-release" in found["coder-server-service"].depends_on


def test_credentials_are_in_a_secret_and_nowhere_else_and_roll_the_pod() -> None:
    found = _declare(credentials={"github-client-secret": _CANARY})
    assert [name for name, entry in found.items() if _CANARY in str(entry.inputs)] == []  # in base64, that is
    secret = found["coder-server-credentials"]
    assert any(path.startswith("data") for path in secret.secrets)
    annotation = "spt-flow/credentials-checksum"
    checksums = [
        _declare(credentials={"github-client-secret": value})["coder-server-release"].inputs["values"]["coder"][
            "podAnnotations"
        ][annotation]
        for value in (_CANARY, _CANARY, "another")
    ]
    assert checksums[0] == checksums[1] != checksums[2]


def test_the_rights_over_workspaces_are_no_more_than_templates_need() -> None:
    rules = build_workspace_role("coder-workspace")["rules"]
    granted = {(resource, verb) for rule in rules for resource in rule["resources"] for verb in rule["verbs"]}
    assert ("secrets", "list") not in granted
    assert ("secrets", "watch") not in granted
    assert not [verb for resource, verb in granted if resource in ("services", "serviceaccounts", "roles", "pods/exec")]
    assert {("deployments", "create"), ("persistentvolumeclaims", "delete"), ("secrets", "create")} <= granted


@pytest.mark.parametrize(("replicas", "affinity"), [(1, "None"), (2, "ClientIP")])
def test_clients_stay_with_a_replica(replicas: int, affinity: str) -> None:
    assert build_service("coder", None, replicas=replicas)["spec"]["sessionAffinity"] == affinity


def test_metrics_have_a_service_without_an_address() -> None:
    spec = build_metrics_service("coder")["spec"]
    assert spec["clusterIP"] == "None"
    assert spec["ports"][0]["port"] == 2112
    assert spec["selector"] == {"app.kubernetes.io/name": "coder", "app.kubernetes.io/instance": "coder"}
