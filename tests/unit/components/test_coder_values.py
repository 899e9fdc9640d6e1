"""The values of Coder's chart: what is set for everybody, what by choice, what is refused."""

from dataclasses import replace
from typing import Any

import pytest

from components.coder_values import CoderServer, build_values
from components.secret import SecretKey
from core.errors import UsageError
from core.image_reference import ImageReference
from tests.unit.components.coder_server import SERVER

_TOKEN = SecretKey("coder-credentials", "connect-token")


def _coder(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any field of the server
    values: dict[str, Any] = build_values(replace(SERVER, **changes))["coder"]
    return values


def _variables(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any field of the server
    return {entry["name"]: entry.get("value", entry.get("valueFrom")) for entry in _coder(**changes)["env"]}


def _refusal(extra: dict[str, Any], **changes: Any) -> str:  # noqa: ANN401 - any field of the server
    with pytest.raises(UsageError) as caught:
        _coder(extra_values=extra, **changes)
    assert "\n" not in caught.value.message
    return caught.value.message


def test_what_every_server_is_told() -> None:
    variables = _variables()
    assert variables["CODER_ACCESS_URL"] == "http://10.98.0.80"
    assert variables["CODER_PG_CONNECTION_URL"] == {"secretKeyRef": {"name": "coder-database", "key": "url"}}
    assert variables["CODER_TELEMETRY_ENABLE"] == "false"
    assert variables["CODER_UPDATE_CHECK"] == "false"
    assert variables["CODER_PROMETHEUS_ENABLE"] == "true"
    assert variables["CODER_OAUTH2_GITHUB_DEFAULT_PROVIDER_ENABLE"] == "false"
    assert variables["CODER_SECURE_AUTH_COOKIE"] == "false"
    assert not [name for name in variables if "WILDCARD" in name or "EXTERNAL_AUTH" in name or "OP_CONNECT" in name]


def test_the_charts_dangerous_defaults_are_not_taken() -> None:
    coder = _coder()
    assert coder["envUseClusterAccessURL"] is False
    assert coder["replicaCount"] == 1
    assert coder["service"] == {"enable": False}
    assert coder["resources"] == SERVER.resources
    assert coder["serviceAccount"]["workspacePerms"] is False
    assert coder["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert coder["securityContext"]["readOnlyRootFilesystem"] is True


def test_https_makes_cookies_secure_and_a_wildcard_is_passed_on() -> None:
    variables = _variables(access_url="https://coder.example.com", wildcard_access_url="*.coder.example.com")
    assert variables["CODER_SECURE_AUTH_COOKIE"] == "true"
    assert variables["CODER_WILDCARD_ACCESS_URL"] == "*.coder.example.com"


def test_github_for_clones_and_for_signing_in_are_separate_choices() -> None:
    secret = {"secretKeyRef": {"name": "coder-credentials", "key": "github-client-secret"}}
    auth = _variables(github_auth=True, github_client_id="Iv1.0")
    assert auth["CODER_EXTERNAL_AUTH_0_ID"] == "primary-github"
    assert auth["CODER_EXTERNAL_AUTH_0_TYPE"] == "github"
    assert auth["CODER_EXTERNAL_AUTH_0_CLIENT_SECRET"] == secret
    assert "CODER_OAUTH2_GITHUB_CLIENT_ID" not in auth
    login = _variables(github_login=True, github_client_id="Iv1.0", github_allowed_orgs=["one", "two"])
    assert login["CODER_OAUTH2_GITHUB_ALLOWED_ORGS"] == "one,two"
    assert login["CODER_OAUTH2_GITHUB_CLIENT_SECRET"] == secret
    assert "CODER_EXTERNAL_AUTH_0_ID" not in login


def test_connect_is_passed_on_by_reference() -> None:
    variables = _variables(connect_host="http://connect.example.com:8080", connect_token=_TOKEN)
    assert variables["OP_CONNECT_HOST"] == "http://connect.example.com:8080"
    assert variables["OP_CONNECT_TOKEN"] == {"secretKeyRef": {"name": "coder-credentials", "key": "connect-token"}}


def test_a_digest_goes_with_the_tag() -> None:
    digest = f"sha256:{'a' * 64}"
    image = ImageReference.parse(f"ghcr.io/coder/coder:v2.36.3@{digest}")
    assert _coder(image=image)["image"]["tag"] == f"v2.36.3@{digest}"
    assert _coder(image=image)["image"]["repo"] == "ghcr.io/coder/coder"


def test_extra_values_are_laid_over_ours_and_lists_are_joined() -> None:
    extra = {
        "coder": {
            "env": [{"name": "CODER_BLOCK_DIRECT", "value": "true"}],
            "volumes": [{"name": "more", "emptyDir": {}}],
            "nodeSelector": {"pool": "control"},
            "podSecurityContext": {"fsGroupChangePolicy": "OnRootMismatch"},
        }
    }
    coder = _coder(extra_values=extra)
    assert {"name": "CODER_BLOCK_DIRECT", "value": "true"} in coder["env"]
    assert {"name": "CODER_TELEMETRY_ENABLE", "value": "false"} in coder["env"]
    assert [volume["name"] for volume in coder["volumes"]] == ["home", "tmp", "more"]
    assert coder["nodeSelector"] == {"pool": "control"}
    assert coder["podSecurityContext"] == {"fsGroup": 1000, "fsGroupChangePolicy": "OnRootMismatch"}


@pytest.mark.parametrize(
    ("extra", "sentence"),
    [
        ({"codr": {}}, "has the key codr, which Coder's chart does not know; did you mean coder?"),
        ({"env": []}, "has the key env, which Coder's chart does not know; there are: coder, extraTemplates, "),
        ({"coder": {"nodeSelectors": {}}}, "the key coder.nodeSelectors, which Coder's chart does not know; did you "),
        ({"coder": {"image": {"pullpolicy": "x"}}}, "the key coder.image.pullpolicy, which Coder's chart does not "),
        ({"coder": {"env": [{"name": "A", "vlaue": "1"}]}}, "the key coder.env.0.vlaue, which Coder's chart does not"),
        ({"coder": {"podLabels": {"a": 1}}}, "has a value under coder.podLabels.a that the chart cannot take: "),
        ({"coder": {"replicaCount": 3}}, "has the key coder.replicaCount, which is decided by coderReplicas."),
        ({"coder": {"service": {"type": "NodePort"}}}, "has the key coder.service, which is decided by coderClusterIp"),
        ({"coder": {"securityContext": {}}}, "has the key coder.securityContext, which is decided by nothing: "),
        (
            {"coder": {"env": [{"name": "CODER_TELEMETRY_ENABLE", "value": "true"}]}},
            "has the variable CODER_TELEMETRY_ENABLE under coder.env, which is set already.",
        ),
    ],
)
def test_values_that_would_be_ignored_or_are_ours_are_refused(extra: dict[str, Any], sentence: str) -> None:
    message = _refusal(extra)
    assert message.startswith("The setting coderExtraValues has ")
    assert sentence in message


@pytest.mark.parametrize(
    ("path", "version", "known"),
    [
        ("priorityClassName", "2.26.5", False),
        ("priorityClassName", "2.36.3", True),
        ("strategy", "2.26.5", False),
        ("livenessProbe", "2.26.5", False),
    ],
)
def test_values_of_later_charts_are_refused_for_earlier_ones(path: str, version: str, known: bool) -> None:  # noqa: FBT001 - a column
    sample: dict[str, Any] = {
        "priorityClassName": "high",
        "strategy": {"type": "Recreate"},
        "livenessProbe": {"enabled": True},
    }
    extra = {"coder": {path: sample[path]}}
    if known:
        assert _coder(extra_values=extra, version=version)[path] == sample[path]
    else:
        assert f"since 2.27.0, and coderChartVersion is {version}." in _refusal(extra, version=version)


def test_nothing_secret_is_in_the_values() -> None:
    names = {field for field in CoderServer.__dataclass_fields__ if "secret" in field or field == "token"}
    assert names == set()
