"""Items for 1Password's operator on a real API server: Coder waits for their Secrets, and the program sees no value."""

import json
import secrets
from collections.abc import Callable
from urllib.error import HTTPError

import pulumi
import pytest

from components.cluster_provider import cluster_provider
from components.coder_credentials import coder_credentials
from components.onepassword_items import OnePasswordItems, items_args
from components.secret import SecretKey
from settings import Settings
from tests.standins.onepassword_connect.operator import Operator
from tests.standins.onepassword_connect.server import Item
from tests.support.apiserver import ApiServer
from tests.support.canaries import found_in, spellings
from tests.support.custom_kinds import item_definitions
from tests.support.patience import wait_until
from tests.support.pulumi_engine import PulumiEngine, find_pulumi
from tests.support.sample_settings import sample_settings

_CONFLICT = 409
_NAMESPACE = "secrets-of-1password"
_DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
_MAPS = f"/api/v1/namespaces/{_NAMESPACE}/configmaps"


@pytest.fixture
def engine(tmp_path_factory: pytest.TempPathFactory) -> PulumiEngine:
    cli = find_pulumi()
    if cli is None:
        pytest.skip("no pulumi: neither in the toolchain nor on PATH")
    return PulumiEngine(cli, tmp_path_factory.mktemp("engine"))


def _settings() -> Settings:
    items = {
        "coderConnectToken": {"item": "connect", "field": "api token!"},
        "coderGithubClientSecret": "github",
        "databaseUrl": {"item": "database", "field": "url", "vault": "other"},
    }
    return sample_settings(
        "staging",
        secretsSource="operator",
        secretsVault="setup",
        secretsItems=json.dumps(items),
        coderConnectHost="https://connect.example.com",
    )


def _program(api: ApiServer) -> Callable[[], None]:
    def program() -> None:
        provider = cluster_provider(kubeconfig_path=str(api.kubeconfig), context="test")
        args = items_args(_settings().secret_source, _NAMESPACE)
        assert args is not None
        items = OnePasswordItems("secret-items", args, pulumi.ResourceOptions(providers=[provider]))
        _stands_for_coder(provider, items)

    return program


def _stands_for_coder(provider: pulumi.ProviderResource, items: pulumi.Resource) -> None:
    """Declare something that may be there only when the Secrets are."""
    import pulumi_kubernetes as kubernetes  # noqa: PLC0415 - costs a second, and the collection of tests need not wait

    kubernetes.core.v1.ConfigMap(
        "after",
        metadata={"name": "after", "namespace": _NAMESPACE},
        data={"there": "true"},
        opts=pulumi.ResourceOptions(provider=provider, depends_on=[items]),
    )


@pytest.fixture(name="cluster")
def _cluster(apiserver: ApiServer) -> ApiServer:
    """Return the API server with the kind defined; others on it may have done so, too."""
    for definition in item_definitions():
        try:
            apiserver.request("POST", _DEFINITIONS, definition)
        except HTTPError as error:
            if error.code != _CONFLICT:
                raise
    wait_until(lambda: _is_served(apiserver), what="the kind, served")
    return apiserver


def _is_served(server: ApiServer) -> bool:
    try:
        return bool(server.request("GET", "/apis/onepassword.com/v1/onepassworditems")["kind"])
    except HTTPError:
        return False


def test_coder_waits_for_the_secrets_and_finds_its_keys_in_them(engine: PulumiEngine, cluster: ApiServer) -> None:
    cluster.request("POST", "/api/v1/namespaces", {"metadata": {"name": _NAMESPACE}})
    canary = f"canary-{secrets.token_hex(8)}"
    items = [
        Item("setup", "connect", sections={"more": {"api token!": canary}}),
        Item("setup", "github", fields={"credential": canary}),
        Item("other", "database", fields={"url": canary, "password": canary}),
    ]
    with Operator(cluster, items):
        engine.up(_program(cluster))
    expected = coder_credentials(_settings())
    assert expected.values == {}
    for place in (expected.github, expected.connect_token, expected.database):
        assert isinstance(place, SecretKey)
        made = cluster.request("GET", f"/api/v1/namespaces/{_NAMESPACE}/secrets/{place.name}")
        assert place.key in made["data"]
        assert made["metadata"]["ownerReferences"][0]["name"] == place.name
        moment = made["metadata"]["creationTimestamp"]
        assert moment <= cluster.request("GET", f"{_MAPS}/after")["metadata"]["creationTimestamp"]
    wanted = spellings(canary)
    assert not [path for path, content in engine.kept_files() if found_in(content, wanted)]
    assert not found_in(engine.transcript.encode(), wanted)
    assert engine.preview(_program(cluster)).keys() == {"same"}
    engine.destroy()
