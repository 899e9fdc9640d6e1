"""Secrets out of 1Password Connect: what the program takes, how it says that something is missing, what it hides."""

import json
from collections.abc import Callable
from typing import Any

import grpc
import pulumi
import pytest

from components.onepassword_lookup import look_up
from components.secret_source import with_secrets
from core.errors import UsageError
from settings import Settings
from tests.support.recording import Registered, declare
from tests.support.sample_settings import sample_settings

_TOKEN = "canary-token-4410"  # noqa: S105 - of the test
_URL = "https://connect.example.com"
_GET_VAULT, _GET_ITEM = "onepassword:index/getVault:getVault", "onepassword:index/getItem:getItem"
_SECTION = {
    "id": "s",
    "label": "keys",
    "fields": [{"id": "f", "label": "client", "value": "from-section"}],
    "files": [],
}
_ITEMS: dict[str, dict[str, Any]] = {
    "github": {"credential": "canary-c1", "password": "canary-p1", "username": "Iv1.0", "sections": [_SECTION]},
    "database": {"password": "canary-p2", "sections": []},
    "empty": {"username": "only", "credential": "", "sections": []},
    "twice": {"sections": [_SECTION, {**_SECTION, "id": "t", "label": "others"}]},
    "lines": {"credential": "canary-l1\ncanary-l2", "sections": []},
}


class _RefusedError(grpc.RpcError):
    """An answer of the engine that says what went wrong."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said

    def code(self) -> grpc.StatusCode:
        return grpc.StatusCode.UNKNOWN

    def details(self) -> str:
        return self.said


def _settings(items: dict[str, Any], **values: str) -> Settings:
    own = {"secretsSource": "connect", "secretsVault": "setup", "connectUrl": _URL, "coderConnectHost": _URL}
    given = {**own, "secretsItems": json.dumps(items), "connectToken": _TOKEN, **values}
    return sample_settings("staging", [key for key in ("connectToken",) if given[key]], **given)


def _vault(args: dict[str, Any]) -> Any:  # noqa: ANN401 - what the function returns
    if args.get("name", args.get("uuid")) == "none":
        raise _RefusedError("invocation returned an error: Client Error: No vault found with name '\"none\"'")
    return {"id": "vaults/v", "uuid": args.get("uuid") or "v" * 26, "name": "setup", "description": ""}


def _item(args: dict[str, Any]) -> Any:  # noqa: ANN401 - as above
    asked.append(args)
    if args["title"] not in _ITEMS:
        said = 'Client Error: Unable to read item, got error: Found 0 item(s) in vault\n "v"'
        raise _RefusedError(f"invocation of getItem returned an error: {said}")
    return {"id": "i", "uuid": "i", "vault": args["vault"], "title": args["title"], "tags": [], **_ITEMS[args["title"]]}


asked: list[dict[str, Any]] = []


def _run(work: Callable[[], object]) -> tuple[Any, dict[str, Registered]]:
    """Return what `work` returns inside of a program, with what was registered."""
    results: list[Any] = []
    asked.clear()
    found = declare(lambda: results.append(work()), functions={_GET_VAULT: _vault, _GET_ITEM: _item})
    return results[0], found


def _sentence(settings: Settings) -> str:
    with pytest.raises(UsageError) as caught:
        _run(lambda: with_secrets(settings))
    assert "\n" not in caught.value.message
    assert "canary" not in str(caught.value)
    return str(caught.value)


def test_values_of_items_stand_where_those_of_the_stack_would() -> None:
    items = {
        "coderGithubClientId": {"item": "github", "field": "username"},
        "coderGithubClientSecret": "github",
        "coderConnectToken": {"item": "github", "field": "keys.client"},
        "databaseUrl": {"item": "database", "vault": "v" * 26},
    }
    filled, found = _run(lambda: with_secrets(_settings(items)))
    assert filled.login.coder_github_client_id == "Iv1.0"
    assert filled.login.coder_github_client_secret.get_secret_value() == "canary-c1"
    assert filled.login.coder_connect_token.get_secret_value() == "from-section"
    assert filled.database.database_url.get_secret_value() == "canary-p2"
    assert "canary" not in repr(filled)
    assert [args["title"] for args in asked] == ["github", "database"]

    (provider,) = found.values()
    assert provider.type == "pulumi:providers:onepassword"
    assert provider.secrets >= {"token"}
    assert provider.inputs["url"] == _URL


def test_the_shells_own_variables_neither_change_who_is_asked_nor_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OP_ACCOUNT", "OP_SERVICE_ACCOUNT_TOKEN", "OP_CONNECT_TOKEN", "OP_CONNECT_HOST", "OP_CLI_PATH"):
        monkeypatch.setenv(name, "canary-shell")
    _, found = _run(lambda: with_secrets(_settings({"databaseUrl": "database"})))
    assert "canary-shell" not in str(found)


@pytest.mark.parametrize(
    ("items", "sentence"),
    [
        (
            {"databaseUrl": "none"},
            "The item 'none' of the vault 'setup', for the setting databaseUrl, could not be read",
        ),
        (
            {"databaseUrl": "none"},
            'so nothing was changed: Found 0 item(s) in vault "v". Next: curl --fail https://conn',
        ),
        (
            {"databaseUrl": {"item": "github", "vault": "none"}},
            "The vault 'none' could not be read from 1Password Connec",
        ),
        (
            {"databaseUrl": "empty"},
            "the field 'credential' or 'password' of the item 'empty' in the vault 'setup', which",
        ),
        ({"databaseUrl": {"item": "github", "field": "none"}}, "the field 'none' of the item 'github' in the vault"),
        ({"databaseUrl": {"item": "twice", "field": "client"}}, "which has 2 of it"),
        ({"databaseUrl": "lines"}, "its value is not one that the setting takes; one line of printable text"),
    ],
)
def test_what_is_missing_is_one_sentence(items: dict[str, Any], sentence: str) -> None:
    assert sentence in _sentence(_settings(items))


def test_a_field_of_which_there_are_two_is_named_with_its_section() -> None:
    items = {"databaseUrl": {"item": "twice", "field": "others.client"}}
    filled, _ = _run(lambda: with_secrets(_settings(items)))
    assert filled.database.database_url.get_secret_value() == "from-section"


def test_without_a_token_nobody_is_asked() -> None:
    assert "The setting connectToken has no value" in _sentence(_settings({"databaseUrl": "x"}, connectToken=""))
    assert asked == []


def test_a_plugin_that_is_not_there_can_be_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_args: dict[str, Any]) -> None:
        raise _RefusedError("could not load plugin for onepassword provider")

    monkeypatch.setitem(globals(), "_vault", missing)
    assert "Next: pulumi plugin install resource onepassword 1." in _sentence(_settings({"databaseUrl": "x"}))


def test_from_the_configuration_nothing_is_asked_and_nothing_declared() -> None:
    settings = sample_settings("staging")
    same, found = _run(lambda: with_secrets(settings))
    assert same is settings
    assert found == {}


def test_for_the_operator_items_are_looked_up_and_their_values_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    warnings: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", warnings.append)
    settings = _settings({"databaseUrl": "github"}, secretsSource="operator")
    same, _ = _run(lambda: with_secrets(settings))
    assert same is settings
    assert [args["title"] for args in asked] == ["github"]
    # The operator's Secret would have no key of that name.
    assert "the field 'credential' of the item 'database'" in _sentence(
        _settings({"databaseUrl": "database"}, secretsSource="operator")
    )
    assert warnings == []
    _run(lambda: with_secrets(_settings({"databaseUrl": "none"}, secretsSource="operator", connectToken="")))
    assert asked == []
    assert "Nobody has looked whether the items of secretsItems are there" in warnings[0]


def test_nobody_looks_up_what_no_setting_names() -> None:
    assert _run(lambda: look_up(sample_settings("dev").secret_source))[0] == {}
