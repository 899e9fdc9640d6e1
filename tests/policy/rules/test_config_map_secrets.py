import base64

import pytest

from policies.rules.config_map_secrets import CONFIG_MAP_SECRETS
from tests.support.analyzer import UNKNOWN, secret
from tests.support.judged import Judged, exempting, judged

_TYPE = "kubernetes:core/v1:ConfigMap"
_TOKEN = "ghp_" + "a1B2c3D4e5F6g7H8i9J0" * 2
_PEM = "-----BEGIN " + "PRIVATE KEY-----\nMIIB"


def _data(data: object, part: str = "data", **config: object) -> Judged:
    props = {"metadata": {"name": "settings", "namespace": "coder"}, part: data}
    return judged(CONFIG_MAP_SECRETS, _TYPE, props, **config)  # type: ignore[arg-type] # settings of the rule


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


@pytest.mark.parametrize(
    "data",
    [
        {"registry_url": "registry.coder.svc.cluster.local:5000"},
        {"config.yml": "http:\n  addr: :5000\nstorage:\n  delete: {enabled: true}\n"},
        {"ca.crt": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"},
        {"passwordFile": "/run/secrets/password"},
        None,
        "text",
        [],
        {"a": {"b": 1}},
    ],
)
def test_configuration_passes(data: object) -> None:
    assert _data(data) == Judged([], [])


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (
            {"note": _TOKEN},
            "The entry 'note' of ConfigMap 'coder/settings' must not hold a secret: it looks like a GitHub token.",
        ),
        (
            {"config.yml": "db:\n  password: hunter\n"},
            (
                "The entry 'config.yml' of ConfigMap 'coder/settings' must not hold a secret: it looks like one "
                "with its name."
            ),
        ),
        (
            {"password": "hunter"},
            (
                "The entry 'password' of ConfigMap 'coder/settings' must not hold a secret: it looks like "
                "one, going by its "
                "name."
            ),
        ),
        (
            {"a": secret("b")},
            "The entry 'a' of ConfigMap 'coder/settings' must not hold a secret: the program marks it as secret.",
        ),
        (
            {"tls.key": _PEM},
            "The entry 'tls.key' of ConfigMap 'coder/settings' must not hold a secret: it looks like a private key.",
        ),
        (
            {_TOKEN: _TOKEN},
            "An entry of ConfigMap 'coder/settings' must not hold a secret: it looks like a GitHub token.",
        ),
    ],
)
def test_secrets_are_told_by_entry(data: object, sentence: str) -> None:
    assert _data(data).sentences == [sentence]


@pytest.mark.parametrize(
    ("content", "count"),
    [
        (_base64(_PEM.encode()), 1),
        (_base64(b"\xff\x00 " + _TOKEN.encode()), 1),
        (_base64(_base64(_PEM.encode()).encode()), 1),
        (_base64(bytes(range(256))), 0),
        ("no base64!", 0),
        (f"no base64! {_TOKEN}", 1),
        (f"no base64 at all! {_TOKEN}", 1),
        (7, 0),
        (secret(_base64(b"x")), 1),
    ],
)
def test_binary_data_is_decoded(content: object, count: int) -> None:
    assert len(_data({"file": content}, "binaryData").sentences) == count


def test_what_is_no_text_is_judged_by_its_name() -> None:
    assert len(_data({"password": 12345678}, "binaryData").sentences) == 1


def test_unknown_hides_only_itself() -> None:
    found = _data({"a": UNKNOWN, "password": "hunter"})
    assert (len(found.sentences), len(found.open)) == (1, 1)
    found = _data([UNKNOWN, _TOKEN])
    assert (len(found.sentences), len(found.open)) == (1, 1)
    assert len(_data(UNKNOWN).open) == 1
    assert len(_data({"a": secret(UNKNOWN)}).sentences) == 1


def test_other_types_and_exemptions() -> None:
    assert judged(CONFIG_MAP_SECRETS, "kubernetes:core/v1:Secret", {"data": {"a": _TOKEN}}) == Judged([], [])
    assert _data({"a": _TOKEN}, exemptions=exempting("ConfigMap coder/settings")).sentences == []
    expired = exempting("ConfigMap coder/settings", expires="2020-01-01")
    assert "ended on 2020-01-01" in _data({"a": _TOKEN}, exemptions=expired).sentences[0]
