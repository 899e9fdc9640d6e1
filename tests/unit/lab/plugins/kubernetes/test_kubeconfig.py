"""Kubeconfigs, credentials, and the provider's own inputs."""

import base64
import json
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.errors import SptFlowError, UsageError
from lab.plugins.kubernetes import kubeconfig
from lab.plugins.kubernetes.credentials import Credentials, tls_context
from lab.plugins.kubernetes.kubeconfig import ClusterAccess, KubeconfigError
from lab.plugins.kubernetes.provider_config import check_provider, diff_provider
from lab.plugins.kubernetes.settings import read
from lab.plugins.protocol.values import UNKNOWN, Secret


def _config(name: str = "a", **cluster: Any) -> dict[str, Any]:  # noqa: ANN401 - as kubeconfigs have it
    return {
        "current-context": name,
        "clusters": [{"name": name, "cluster": {"server": f"https://{name}:6443", **cluster}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "users": [{"name": name, "user": {"token": f"token-of-{name}"}}],
    }


def test_from_a_file_with_relative_names(tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text(yaml.safe_dump(_config(**{"certificate-authority": "ca.pem"})))
    found = kubeconfig.resolve(kubeconfig.load(str(path)))
    assert found.server == "https://a:6443"
    assert found.namespace == "default"
    assert found.cluster["certificate-authority"] == str(tmp_path / "ca.pem")


@pytest.mark.parametrize("dump", [yaml.safe_dump, json.dumps])
def test_from_text(dump: Any) -> None:  # noqa: ANN401 - two writers
    found = kubeconfig.resolve(kubeconfig.load(dump(_config())), namespace="mine")
    assert (found.context, found.namespace, found.user) == ("a", "mine", {"token": "token-of-a"})
    assert "token-of-a" not in repr(found)


def test_several_files_are_merged_and_the_first_counts(tmp_path: Path) -> None:
    for name, config in (("one", _config("a")), ("two", _config("b")), ("three", _config("a", other=True))):
        (tmp_path / name).write_text(json.dumps(config))
    paths = ":".join(str(tmp_path / name) for name in ("one", "two", "gone", "three"))
    config = kubeconfig.load(None, {"KUBECONFIG": paths})
    assert kubeconfig.resolve(config).server == "https://a:6443"
    assert kubeconfig.resolve(config).cluster == {"server": "https://a:6443"}
    assert kubeconfig.resolve(config, context="b").server == "https://b:6443"
    assert kubeconfig.resolve(config, cluster="b").user == {"token": "token-of-a"}


def test_what_leads_to_no_cluster(tmp_path: Path) -> None:
    with pytest.raises(KubeconfigError, match="There is no kubeconfig"):
        kubeconfig.load(None, {"HOME": str(tmp_path)})
    with pytest.raises(KubeconfigError, match="neither an existing file nor a mapping"):
        kubeconfig.load("/no/such/file")
    with pytest.raises(KubeconfigError, match="not valid YAML at line"):
        kubeconfig.load("a: [")
    with pytest.raises(KubeconfigError, match="no context 'b'; it has: a"):
        kubeconfig.resolve(_config(), context="b")
    with pytest.raises(KubeconfigError, match="has no current context"):
        kubeconfig.resolve({"clusters": []})
    with pytest.raises(KubeconfigError, match="no user 'a'"):
        kubeconfig.resolve({**_config(), "users": []})


def test_a_kubeconfig_for_others_leads_to_the_same_place() -> None:
    access = kubeconfig.resolve(_config(), namespace="mine")
    again = kubeconfig.resolve(access.as_kubeconfig())
    assert (again.server, again.namespace, again.user) == (access.server, "mine", access.user)


def _access(user: dict[str, Any], cluster: dict[str, Any] | None = None) -> ClusterAccess:
    return ClusterAccess("a", "default", {"server": "https://a", **(cluster or {})}, user)


async def test_headers(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("from-file\n")
    assert await Credentials(_access({"token": "x"})).header() == "Bearer x"
    assert await Credentials(_access({"tokenFile": str(file)})).header() == "Bearer from-file"
    basic = base64.b64encode(b"me:word").decode()
    assert await Credentials(_access({"username": "me", "password": "word"})).header() == f"Basic {basic}"
    assert await Credentials(_access({})).header() is None
    with pytest.raises(KubeconfigError, match="cannot be read"):
        await Credentials(_access({"tokenFile": str(tmp_path / "gone")})).header()


def _plugin(tmp_path: Path, script: str) -> dict[str, Any]:
    path = tmp_path / "plugin"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)
    return {"exec": {"command": str(path), "args": ["x"], "env": [{"name": "WORD", "value": "given"}]}}


async def test_credential_programs(tmp_path: Path) -> None:
    said = 'echo run >> "$0.log"; echo "{\\"status\\": {\\"token\\": \\"$WORD-$1\\"}}"'
    credentials = Credentials(_access(_plugin(tmp_path, said)))
    assert await credentials.header() == await credentials.header() == "Bearer given-x"
    assert (tmp_path / "plugin.log").read_text() == "run\n"
    credentials.forget()
    await credentials.header()
    assert (tmp_path / "plugin.log").read_text() == "run\nrun\n"


async def test_credential_programs_that_fail(tmp_path: Path) -> None:
    with pytest.raises(KubeconfigError, match="failed with exit code 3") as caught:
        await Credentials(_access(_plugin(tmp_path, "echo secret-canary >&2; exit 3"))).header()
    assert "canary" not in str(caught.value)
    with pytest.raises(KubeconfigError, match="printed no ExecCredential"):
        await Credentials(_access(_plugin(tmp_path, "echo hello"))).header()


async def test_expired_credentials_are_fetched_anew(tmp_path: Path) -> None:
    past = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 5))
    said = f'echo run >> "$0.log"; echo \'{{"status": {{"token": "t", "expirationTimestamp": "{past}"}}}}\''
    credentials = Credentials(_access(_plugin(tmp_path, said)))
    await credentials.header()
    await credentials.header()
    assert (tmp_path / "plugin.log").read_text() == "run\nrun\n"


def test_certificates_that_are_none() -> None:
    nonsense = base64.b64encode(b"nonsense").decode()
    with pytest.raises(KubeconfigError, match="certificate authority"):
        tls_context(_access({}, {"certificate-authority-data": nonsense}))
    with pytest.raises(KubeconfigError, match="client certificate"):
        tls_context(_access({"client-certificate-data": nonsense, "client-key-data": nonsense}))
    with pytest.raises(KubeconfigError, match="cannot be read"):
        tls_context(_access({}, {"certificate-authority": "/no/such/file"}))


def test_settings_arrive_as_json() -> None:
    settings = read(
        {
            "kubeconfig": Secret(json.dumps(_config())),
            "enableConfigMapMutable": "true",
            "enableSecretMutable": True,
            "deleteUnreachable": "false",
            "kubeClientSettings": '{"qps": 5, "burst": 7, "timeout": 9}',
            "namespace": "mine",
        },
        {"PULUMI_K8S_DELETE_UNREACHABLE": "true", "PULUMI_K8S_ENABLE_PATCH_FORCE": "true"},
    )
    assert (settings.mutability.config_maps, settings.mutability.secrets) == (True, True)
    assert (settings.delete_unreachable, settings.patch_force, settings.namespace) == (False, True, "mine")
    assert (settings.client.qps, settings.client.burst, settings.client.timeout) == (5.0, 7, 9.0)
    assert json.loads(settings.kubeconfig or "") == _config()
    assert "token-of-a" not in repr(settings)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"enableServerSideApply": "false"}, "enableServerSideApply"),
        ({"renderYamlToDirectory": "out"}, "renderYamlToDirectory"),
        ({"kubeClientSettings": '{"qps": "fast"}'}, "is 'fast', which is no number"),
        ({"kubeClientSettings": '{"burst": -1}'}, "more than 0"),
    ],
)
def test_settings_that_cannot_be(args: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read(args, {})


_PROVIDER = "urn:pulumi:dev::p::pulumi:providers:kubernetes::cluster"
_DEFAULT = "urn:pulumi:dev::p::pulumi:providers:kubernetes::default_4_34_2"


@pytest.mark.parametrize(
    ("urn", "news", "environment", "properties"),
    [
        (_PROVIDER, {}, {}, []),
        (_PROVIDER, {"strictMode": "true"}, {}, ["kubeconfig", "context"]),
        (_PROVIDER, {"strictMode": "true", "kubeconfig": Secret("x"), "context": "a"}, {}, []),
        (_PROVIDER, {"kubeconfig": "x"}, {"PULUMI_CONFIG": '{"strictMode": "true"}'}, ["context"]),
        (_PROVIDER, {"strictMode": "false"}, {"PULUMI_CONFIG": '{"strictMode": "true"}'}, []),
        (
            f"{_PROVIDER.rpartition('::')[0]}::default_4_34_2",
            {"kubeconfig": "x", "context": "a", "strictMode": True},
            {},
            [""],
        ),
    ],
)
def test_strict_mode(urn: str, news: dict[str, Any], environment: dict[str, str], properties: list[str]) -> None:
    assert [failure.property for failure in check_provider(urn, news, environment)] == properties


def _kube(name: str, server: str = "") -> Secret:
    return Secret(json.dumps(_config(name, **({"server": server} if server else {}))))


@pytest.mark.parametrize(
    ("olds", "news", "changes", "replaces"),
    [
        ({"kubeconfig": _kube("a")}, {"kubeconfig": _kube("a")}, False, ()),
        ({"kubeconfig": _kube("a")}, {"kubeconfig": _kube("a", "https://elsewhere")}, True, ("kubeconfig",)),
        ({"kubeconfig": _kube("a")}, {"kubeconfig": _kube("a"), "namespace": "x"}, True, ()),
        ({"kubeconfig": _kube("a")}, {"kubeconfig": UNKNOWN}, True, ("kubeconfig",)),
        (
            {"kubeconfig": _kube("a"), "clusterIdentifier": "i"},
            {"kubeconfig": _kube("b"), "clusterIdentifier": "i"},
            True,
            (),
        ),
        ({"clusterIdentifier": "i"}, {"clusterIdentifier": "j"}, True, ("clusterIdentifier",)),
        ({}, {"clusterIdentifier": "j"}, True, ()),
    ],
)
def test_another_cluster_replaces_the_provider(
    olds: dict[str, Any],
    news: dict[str, Any],
    changes: bool,  # noqa: FBT001 - a column of the table
    replaces: tuple[str, ...],
) -> None:
    result = diff_provider(olds, news)
    assert (result.changes, result.replaces) == (changes, replaces)


def test_errors_are_sentences() -> None:
    with pytest.raises(SptFlowError) as caught:
        kubeconfig.load("/no/such/file")
    assert str(caught.value).endswith(".")
