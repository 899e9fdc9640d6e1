"""1Password in the cluster: items for its operator, Connect of the platform's own, and who may talk to it."""

import json
import runpy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from components.coder_arguments import coder_args
from components.connect_flows import CONNECT_PODS, connect_flows
from components.network_flows import CODER, SYSTEM, WORKSPACES, platform_flows
from components.network_policies import build_network_policies
from components.onepassword_connect import OnePasswordConnect, connect_args
from components.onepassword_connect_manifests import (
    build_connect_credentials,
    build_connect_deployment,
    build_connect_service,
)
from components.onepassword_items import build_item, item_key, items_args
from components.secret import SecretKey
from core.errors import UsageError
from tests.support.program import configure, own_config
from tests.support.reachability import Peer, is_reachable
from tests.support.recording import Registered, declare
from tests.support.sample_settings import sample_settings

_CREDENTIALS = '{"verifier": {"salt": "canary-88d2"}}'
_ITEMS = {
    "coderConnectToken": {"item": "connect", "field": "api token!"},
    "coderGithubClientSecret": "coder-github",
    "databaseUrl": {"item": "abcdefghijklmnopqrstuvwxyz", "field": "url", "vault": "other"},
}
_OPERATOR = {
    "secretsSource": "operator",
    "secretsVault": "setup",
    "secretsItems": json.dumps(_ITEMS),
    "coderConnectHost": "http://onepassword-connect.onepassword.svc.cluster.local:8080",
    "coderGithubAuth": "true",
    "coderGithubClientId": "Iv1.0",
}


@pytest.fixture(autouse=True)
def _own_config() -> Iterator[None]:
    with own_config():
        yield


def test_manifests(golden: Callable[[str, Any], None]) -> None:
    digest = f"sha256:{'a' * 64}"
    golden(
        "onepassword",
        [
            build_item("onepassword-database", CODER, "vaults/setup/items/database"),
            build_connect_credentials(CODER, {"1password-credentials.json": "e30="}),
            build_connect_deployment(
                CODER,
                api_image=f"docker.io/1password/connect-api:1.8.2@{digest}",
                sync_image=f"docker.io/1password/connect-sync:1.8.2@{digest}",
                credentials_checksum="0",
            ),
            build_connect_service(CODER),
        ],
    )


def test_the_operators_secrets_are_where_coder_looks_for_them() -> None:
    settings = sample_settings("staging", **_OPERATOR)
    args = items_args(settings.secret_source, CODER)
    assert args is not None
    assert args["paths"] == {
        "onepassword-connect-token": "vaults/setup/items/connect",
        "onepassword-github-client": "vaults/setup/items/coder-github",
        "onepassword-database": "vaults/other/items/abcdefghijklmnopqrstuvwxyz",
    }
    coder = coder_args(settings)
    assert "credentials" not in coder
    assert coder["server"].github_credential == SecretKey("onepassword-github-client", "credential")
    assert coder["server"].connect_token == SecretKey("onepassword-connect-token", "api-token")
    assert coder["server"].database == SecretKey("onepassword-database", "url")
    assert item_key(sample_settings("staging").secret_source, "databaseUrl") is None


def _program(tmp_path: Path, *secret: str, **values: str) -> dict[str, Registered]:
    configure(tmp_path, "staging", **values)
    main = Path(__file__).resolve().parents[3] / "__main__.py"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pulumi.runtime.is_config_secret", lambda key: key.removeprefix("spt-flow:") in secret)
        return declare(lambda: runpy.run_path(str(main), run_name="__main__"), stack="staging")


def _named(found: dict[str, Registered], kind: str) -> set[tuple[str, str]]:
    objects = [entry.inputs["metadata"] for entry in found.values() if entry.type.endswith(f":{kind}")]
    return {(metadata["namespace"], metadata["name"]) for metadata in objects}


def test_there_is_never_an_item_and_a_secret_of_one_name(tmp_path: Path) -> None:
    found = _program(tmp_path, **_OPERATOR)
    items = _named(found, "OnePasswordItem")
    assert {name for _, name in items} == {
        "onepassword-connect-token",
        "onepassword-database",
        "onepassword-github-client",
    }
    own = {
        *_named(found, "Secret"),
        *_named(_program(tmp_path), "Secret"),
        *_named(_program(tmp_path, "connectCredentials", connectInstall="true", connectCredentials="{}"), "Secret"),
    }
    assert ("coder", "coder-database") in own
    assert ("coder", "onepassword-connect-credentials") in own
    assert items & own == set()
    # The program has no database of its own then, and no Secret for Coder's credentials.
    assert not [name for name in found if name.startswith(("database-", "coder-server-credentials"))]
    assert "secret-items-onepassword-database" in found["coder-server"].depends_on


def test_the_secrets_that_workspaces_read_are_items_too(tmp_path: Path) -> None:
    items = json.dumps({"claude-code": "claude", "home": {"item": "haos-api", "vault": "devenv"}})
    found = _program(tmp_path, workspaceSecretItems=items, secretsVault="setup")
    assert _named(found, "OnePasswordItem") == {("coder-workspace", "claude-code"), ("coder-workspace", "home")}
    assert found["workspace-secret-items-home"].inputs["spec"] == {"itemPath": "vaults/devenv/items/haos-api"}
    assert found["workspace-secret-items-claude-code"].inputs["spec"] == {"itemPath": "vaults/setup/items/claude"}


def test_connect_is_there_before_coder_and_its_credentials_are_hidden(tmp_path: Path) -> None:
    found = _program(tmp_path, "connectCredentials", connectInstall="true", connectCredentials=_CREDENTIALS)
    assert "canary-88d2" not in json.dumps([entry.inputs for entry in found.values()])
    secret = found["onepassword-connect-credentials"]
    assert secret.secrets == {"data"}
    assert "onepassword-connect-deployment" in found["coder-server"].depends_on
    variables = {entry["name"]: entry.get("value") for entry in _environment(found["coder-server-release"])}
    assert variables["OP_CONNECT_HOST"] == "http://onepassword-connect.coder.svc.cluster.local:8080"


def _environment(release: Registered) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = release.inputs["values"]["coder"]["env"]
    return listed


def test_other_credentials_bring_a_new_pod() -> None:
    def checksum(credentials: str) -> str:
        source = sample_settings("dev", ["connectCredentials"], connectInstall="true", connectCredentials=credentials)
        args = connect_args(source.secret_source, CODER)
        assert args is not None
        found = declare(lambda: OnePasswordConnect("connect", args))["connect-deployment"]
        assert "spec.template.metadata.annotations.spt-flow/credentials-checksum" in found.secrets
        return str(found.inputs["spec"]["template"]["metadata"]["annotations"]["spt-flow/credentials-checksum"])

    assert checksum('{"a": 1}') != checksum('{"a": 2}')


@pytest.mark.parametrize(("value", "state"), [("", "has no value"), ("canary", "is no JSON"), ("[1]", "is no JSON")])
def test_credentials_that_are_none_are_refused_and_not_repeated(value: str, state: str) -> None:
    secret = ["connectCredentials"] if value else []
    source = sample_settings("dev", secret, connectInstall="true", connectCredentials=value).secret_source
    with pytest.raises(UsageError, match=state) as caught:
        connect_args(source, CODER)
    assert "canary" not in str(caught.value)
    assert connect_args(sample_settings("dev").secret_source, CODER) is None


_NODES = ("10.0.0.0/16",)
_PEERS = {
    "coder": Peer(CODER, {"app.kubernetes.io/name": "coder"}),
    "connect": Peer(CODER, dict(CONNECT_PODS.labels)),
    "reaper": Peer(CODER, {"app.kubernetes.io/name": "reaper"}),
    "database": Peer(CODER, {"app.kubernetes.io/name": "postgres"}),
    "workspace": Peer(WORKSPACES, {}),
    "daemon": Peer(SYSTEM, {}),
    "operator": Peer("onepassword", {}),
    "stranger": Peer("default", {}),
    "node": Peer(address="10.0.3.4"),
    "internet": Peer(address="203.0.113.9"),
    "cloud metadata": Peer(address="169.254.169.254"),
}


def _reachable(*flows: Any, target: str, port: int) -> set[str]:  # noqa: ANN401 - rows
    rows = (*platform_flows(_NODES), *flows)
    policies = [
        policy for namespace in (CODER, WORKSPACES, SYSTEM) for policy in build_network_policies(namespace, rows)
    ]
    peers = {name: peer for name, peer in _PEERS.items() if name != target}
    return {name for name, peer in peers.items() if is_reachable(policies, peer, _PEERS[target], "TCP", port)}


def test_who_reaches_connect_and_whom_it_reaches() -> None:
    flows = connect_flows(_NODES, installed=True, operator_namespace="onepassword")
    assert _reachable(*flows, target="connect", port=8080) == {"coder", "operator", "node"}
    assert _reachable(*flows, target="connect", port=8081) == {"node"}
    assert _reachable(*connect_flows(_NODES, installed=True), target="connect", port=8080) == {"coder", "node"}
    assert "connect" in _reachable(*flows, target="internet", port=443)
    assert "connect" not in _reachable(*flows, target="internet", port=80)
    for target in ("cloud metadata", "database", "workspace"):
        assert "connect" not in _reachable(*flows, target=target, port=443)
        assert "connect" not in _reachable(*flows, target=target, port=5432)


def test_a_connect_in_another_namespace_is_reached_by_coder_alone() -> None:
    flows = connect_flows(_NODES, installed=False, host="http://connect.onepassword.svc.cluster.local:8080")
    ours = {"coder", "connect", "reaper", "database", "workspace", "daemon"}
    assert _reachable(*flows, target="operator", port=8080) & ours == {"coder"}
    assert _reachable(*flows, target="operator", port=80) & ours == set()
    assert connect_flows(_NODES, installed=False, host="https://connect.example.com") == ()
    assert connect_flows(_NODES, installed=False) == ()
