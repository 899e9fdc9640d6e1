from typing import Any

import pytest

from policies.rules.workload_secrets import WORKLOAD_SECRETS
from tests.support.analyzer import SECRET_MARK, UNKNOWN, secret
from tests.support.judged import Judged, exempting, judged
from tests.support.workload_kinds import DEPLOYMENT, POD, WORKLOAD_KINDS, in_list, workload

_TOKEN = "ghp_" + "a1B2c3D4e5F6g7H8i9J0" * 2
_LISTS = ("containers", "initContainers", "ephemeralContainers")


def _container(container: dict[str, Any], resource_type: str = DEPLOYMENT, **config: Any) -> Judged:  # noqa: ANN401 - settings
    body = workload(resource_type, {"containers": [{"name": "main", **container}]})
    return judged(WORKLOAD_SECRETS, resource_type, body, **config)


def _variable(name: object, value: object) -> Judged:
    return _container({"env": [{"name": name, "value": value}]})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CODER_ACCESS_URL", "https://coder.example.com"),
        ("CODER_TOKEN_DAYS", "30"),
        ("PGPASSWORD", "$(OTHER)"),
        ("PASSWORD_FILE", "/run/secrets/password"),
        ("EMPTY_PASSWORD", ""),
        ("SWITCH_TOKEN", True),
    ],
)
def test_plain_values_pass(name: str, value: object) -> None:
    assert _variable(name, value) == Judged([], [])


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        (
            "SOMETHING",
            _TOKEN,
            (
                "The environment variable 'SOMETHING' of the container 'main' of Deployment 'thing' must not "
                "hold a secret in "
                "clear: it looks like a GitHub token."
            ),
        ),
        (
            "PGPASSWORD",
            "hunter",
            (
                "The environment variable 'PGPASSWORD' of the container 'main' of Deployment 'thing' must "
                "not hold a secret "
                "in clear: it looks like one, going by its name."
            ),
        ),
        (
            "HARMLESS",
            secret("plain word"),
            (
                "The environment variable 'HARMLESS' of the container 'main' of Deployment 'thing' must not "
                "hold a secret in "
                "clear: the program marks it as secret."
            ),
        ),
        (
            "DB_PASS",
            12345678,
            (
                "The environment variable 'DB_PASS' of the container 'main' of Deployment 'thing' must not "
                "hold a secret in "
                "clear: it looks like one, going by its name."
            ),
        ),
        (
            "S3_KEY",
            "hunter_1",
            (
                "The environment variable 'S3_KEY' of the container 'main' of Deployment 'thing' must not "
                "hold a secret in clear: it looks like one, going by its name."
            ),
        ),
        (
            f"x {SECRET_MARK}",
            _TOKEN,
            (
                "An environment variable of the container 'main' of Deployment 'thing' must not hold a "
                "secret in clear: it "
                "looks like a GitHub token."
            ),
        ),
    ],
)
def test_literal_secrets_are_told_and_not_repeated(name: str, value: object, sentence: str) -> None:
    assert _variable(name, value).sentences == [sentence]


@pytest.mark.parametrize("kind", _LISTS)
@pytest.mark.parametrize("resource_type", WORKLOAD_KINDS)
def test_every_container_of_every_workload_is_looked_at(resource_type: str, kind: str) -> None:
    reference = {"secretKeyRef": {"name": "coder-credentials", "key": "password"}}
    good = {"name": "main", "env": [{"name": "PASSWORD", "valueFrom": reference}], "args": ["serve", "--quiet"]}
    spec = {"containers": [good], kind: [good]}
    assert judged(WORKLOAD_SECRETS, resource_type, workload(resource_type, spec)) == Judged([], [])
    bad = {"name": "bad", "env": [{"name": "PASSWORD", "value": "hunter"}]}
    body = workload(resource_type, {"containers": [good], kind: [bad]})
    assert len(judged(WORKLOAD_SECRETS, resource_type, body).sentences) == 1


def test_lists_are_opened() -> None:
    body = workload(POD, {"containers": [{"name": "main", "args": [_TOKEN]}]})
    assert len(judged(WORKLOAD_SECRETS, *in_list(POD, body, body)).sentences) == 2


@pytest.mark.parametrize(
    ("container", "title"),
    [
        ({"args": ["serve", f"--with={_TOKEN}"]}, "The command line"),
        ({"command": ["sh", "-c", "PGPASSWORD=hunter psql"]}, "The command line"),
        ({"command": ["tool"], "args": ["--password", "hunter"]}, "The command line"),
        ({"args": ["postgres://coder:hunter@db/coder"]}, "The command line"),
        ({"args": [secret("anything")]}, "The command line"),
        ({"args": {"wrong": [_TOKEN]}}, "The command line"),
        ({"args": ["password: hunter", "serve"]}, "The command line"),
        ({"lifecycle": {"preStop": {"exec": {"command": ["tool", _TOKEN]}}}}, "The preStop hook"),
        ({"lifecycle": {"postStart": {"exec": {"command": ["tool", _TOKEN]}}}}, "The postStart hook"),
        ({"readinessProbe": {"exec": {"command": ["tool", _TOKEN]}}}, "The readinessProbe"),
        (
            {"livenessProbe": {"httpGet": {"httpHeaders": [{"name": "X-Token", "value": "hunter"}]}}},
            "The livenessProbe",
        ),
        ({"startupProbe": {"httpGet": {"path": f"/?key={_TOKEN}"}}}, "The startupProbe"),
    ],
)
def test_arguments_hooks_and_probes(container: dict[str, Any], title: str) -> None:
    (sentence,) = _container(container).sentences
    assert sentence.startswith(
        f"{title} of the container 'main' of Deployment 'thing' must not hold a secret in clear:"
    )
    assert _TOKEN not in sentence


@pytest.mark.parametrize(
    "container",
    [
        {"args": ["--password-file", "/run/secrets/password", "--token-days=30"]},
        {"command": ["sh", "-c", 'exec psql "host=$HOST password=$PGPASSWORD"']},
        {"livenessProbe": {"httpGet": {"path": "/healthz", "port": "http"}}},
        {"env": [{"name": "CHECKSUM", "value": "0123456789abcdef" * 4}]},
        {"env": None, "args": None, "command": None, "lifecycle": None},
        {"env": "none", "lifecycle": []},
    ],
)
def test_what_only_speaks_of_secrets_passes(container: dict[str, Any]) -> None:
    assert _container(container) == Judged([], [])


def test_a_map_of_variables_is_read_too() -> None:
    (sentence,) = _container({"env": {"PASSWORD": "hunter"}}).sentences
    assert "'PASSWORD'" in sentence


@pytest.mark.parametrize(
    ("container", "sentences", "count"),
    [
        ({"env": [{"name": "A", "value": UNKNOWN}, {"name": "PASSWORD", "value": "hunter"}]}, 1, 1),
        ({"env": [UNKNOWN, {"name": "PASSWORD", "value": "hunter"}]}, 1, 1),
        ({"env": UNKNOWN, "args": [_TOKEN]}, 1, 1),
        ({"args": [UNKNOWN, _TOKEN]}, 1, 1),
        ({"env": [{"name": "A", "value": secret(UNKNOWN)}]}, 1, 0),
        ({"args": [secret(UNKNOWN)]}, 1, 0),
        ({"env": [{"name": "A", "valueFrom": UNKNOWN}]}, 0, 0),
        ({"livenessProbe": UNKNOWN}, 0, 1),
        ({"livenessProbe": {"httpGet": {"path": UNKNOWN}}}, 0, 1),
        ({"livenessProbe": {"httpGet": {"path": secret(UNKNOWN)}}}, 1, 0),
        ({"livenessProbe": {"httpGet": {"httpHeaders": [UNKNOWN, {"name": "Token", "value": "hunter"}]}}}, 1, 1),
        ({"env": [{"name": UNKNOWN, "value": "hunter"}]}, 0, 1),
    ],
)
def test_unknown_hides_only_itself_and_a_mark_is_enough(container: dict[str, Any], sentences: int, count: int) -> None:
    found = _container(container)
    assert (len(found.sentences), min(len(found.open), 1)) == (sentences, count)


def test_each_handler_is_told_once() -> None:
    request = {"httpGet": {"path": f"/?key={_TOKEN}", "host": _TOKEN}}
    found = _container({"livenessProbe": request, "readinessProbe": request, "args": [secret("anything")]}).sentences
    assert [each.partition(" of the container")[0] for each in found] == [
        "The command line",
        "The livenessProbe",
        "The readinessProbe",
    ]
    assert found[0].endswith(" must not hold a secret in clear: the program marks a part of it as secret.")


def test_other_types_and_exemptions() -> None:
    assert judged(WORKLOAD_SECRETS, "kubernetes:core/v1:ConfigMap", {"data": {"x": _TOKEN}}) == Judged([], [])
    assert _container({"args": [_TOKEN]}, exemptions=exempting("Deployment thing")).sentences == []
    expired = exempting("Deployment thing", expires="2020-01-01")
    assert "ended on 2020-01-01" in _container({"args": [_TOKEN]}, exemptions=expired).sentences[0]
