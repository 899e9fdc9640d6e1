import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import SecretStr
from pydantic.alias_generators import to_camel

from lab.policy_check.stand_in_secrets import PASSPHRASE, SALT, stand_in, with_stand_ins
from settings import GROUPS, PROJECT

_SECRETS = [
    (group, to_camel(name))
    for group in GROUPS
    for name, field in group.model_fields.items()
    if isinstance(field.default, SecretStr)
]


def _open(sealed: str) -> str:
    version, nonce, text = sealed.split(":")
    assert version == "v1"
    key = hashlib.pbkdf2_hmac("sha256", PASSPHRASE.encode(), base64.b64decode(SALT.split(":")[1]), 1_000_000, 32)
    return AESGCM(key).decrypt(base64.b64decode(nonce), base64.b64decode(text), None).decode()


def test_the_salt_goes_with_the_passphrase() -> None:
    # What the engine itself checks: the salt's second part opens to this word.
    assert _open(SALT.split(":", 2)[2]) == "pulumi"


def test_sealed_values_are_replaced_wherever_they_are() -> None:
    sealed = {"secure": "v1:canary:canary"}
    config = {
        f"{PROJECT}:coderConnectToken": sealed,
        f"{PROJECT}:templateVariables": {"a": [sealed, {"b": sealed, "secure": "plain"}], "c": 1},
        "other:thing": "plain",
    }
    replaced = with_stand_ins(config)
    assert "canary" not in str(replaced)
    assert replaced["other:thing"] == "plain"
    token, nested = replaced[f"{PROJECT}:coderConnectToken"], replaced[f"{PROJECT}:templateVariables"]
    assert isinstance(token, dict)
    assert _open(token["secure"]) == "stand-in"
    assert isinstance(nested, dict)
    assert nested["c"] == 1
    assert nested["a"][1]["secure"] == "plain", "an object with more keys than this one is no sealed value"


@pytest.mark.parametrize(("group", "key"), _SECRETS)
def test_each_secret_setting_takes_its_stand_in(group: type, key: str) -> None:
    group.model_validate({key: stand_in(f"{PROJECT}:{key}")})  # type: ignore[attr-defined] # a group of settings


@pytest.mark.parametrize(
    ("key", "expected"),
    [("coderAdminEmail", "admin@example.com"), ("coderReplicas", "1"), ("coderGithubAuth", "false"), ("x", "stand-in")],
)
def test_a_sealed_setting_that_is_no_secret_gets_what_it_takes(key: str, expected: str) -> None:
    assert stand_in(f"{PROJECT}:{key}") == expected
