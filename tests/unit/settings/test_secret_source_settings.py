"""Where secrets come from: which items are understood, and what a source needs."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from pydantic.alias_generators import to_camel

from settings import GROUPS, SettingsError
from settings.secret_items import POD_SETTINGS, PROGRAM_SETTINGS, SecretItem
from settings.secret_source import SecretSourceSettings
from tests.support.sample_settings import sample_settings

_ITEMS = '{"coderGithubClientSecret": "coder-github"}'
_CONNECT = {"secretsSource": "connect", "secretsVault": "setup", "connectUrl": "https://connect.example.com"}


def test_every_secret_setting_may_come_from_an_item_but_those_that_open_1password() -> None:
    secret = {
        to_camel(name)
        for group in GROUPS
        for name, field in group.model_fields.items()
        if isinstance(field.default, SecretStr)
    }
    assert secret - set(PROGRAM_SETTINGS) == {"connectToken", "connectCredentials"}
    assert set(POD_SETTINGS) < set(PROGRAM_SETTINGS)


def test_an_item_is_a_title_or_says_field_and_vault() -> None:
    given = {"databaseUrl": {"item": "database", "field": "url", "vault": "other"}, "coderConnectToken": "connect"}
    source = sample_settings("dev", **_CONNECT, secretsItems=json.dumps(given), connectInstall="true").secret_source
    assert source.secrets_items["databaseUrl"] == SecretItem("database", "url", "other")
    assert source.secrets_items["coderConnectToken"] == SecretItem("connect")
    assert source.comes_from_item("databaseUrl")
    assert not source.comes_from_item("coderGithubClientSecret")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"secretsItems": "[]"}, "a JSON object of settings and items is expected"),
        ({"secretsItems": '{"connectToken": "x"}'}, "'connectToken' cannot come from an item; these can: coderGithub"),
        ({"secretsItems": '{"databaseUrl": ""}'}, "for databaseUrl the title or identifier of an item is expected"),
        ({"secretsItems": '{"databaseUrl": {"field": "x"}}'}, "for databaseUrl the title or identifier of an item"),
        ({"secretsItems": '{"databaseUrl": {"item": "x", "colour": "red"}}'}, "or an object with item, field and"),
        ({"secretsItems": '{"databaseUrl": "a\\"b"}'}, "for databaseUrl the title or identifier of an item"),
        ({**_CONNECT}, "has no value for the setting spt-flow:secretsItems"),
        (
            {**_CONNECT, "secretsVault": "", "secretsItems": _ITEMS},
            "has no value for the setting spt-flow:secretsVault",
        ),
        ({**_CONNECT, "connectUrl": "", "secretsItems": _ITEMS}, "has no value for the setting spt-flow:connectUrl"),
        ({**_CONNECT, "connectUrl": "connect.example.com"}, "an http or https URL of a host alone is expected"),
        (
            {**_CONNECT, "secretsItems": '{"coderConnectToken": "x"}'},
            "no value for the setting spt-flow:coderConnectHost",
        ),
        (
            {**_CONNECT, "secretsItems": '{"coderGithubClientId": "x"}', "coderGithubClientId": "Iv1.0"},
            "no value is expected, since secretsItems names an item and the source is connect",
        ),
        (
            {"secretsSource": "operator", "secretsVault": "v", "secretsItems": '{"workspaceImagePushPassword": "x"}'},
            "with the operator no item is expected for workspaceImagePushPassword, which the program itself reads",
        ),
        ({"workspaceSecretItems": '{"Upper": "x"}'}, "a JSON object of names of Secrets and items is expected"),
        ({"workspaceSecretItems": '{"claude": "x"}'}, "has no value for the setting spt-flow:secretsVault"),
        ({"workspaceSecretItems": '{"claude": {"item": "a/b", "vault": "v"}}'}, "names without / are expected"),
        (
            {"secretsSource": "operator", "secretsVault": "a/b", "secretsItems": _ITEMS},
            "names without / are expected",
        ),
    ],
)
def test_what_is_wrong_is_one_sentence(values: dict[str, str], sentence: str) -> None:
    with pytest.raises(SettingsError) as caught:
        sample_settings("dev", **values)
    assert sentence in caught.value.message


def test_a_secret_beside_its_item_is_refused_and_not_repeated() -> None:
    with pytest.raises(SettingsError, match="no value is expected") as caught:
        sample_settings(
            "dev", ("coderGithubClientSecret",), **_CONNECT, secretsItems=_ITEMS, coderGithubClientSecret="canary-31f0"
        )
    assert "canary-31f0" not in str(caught.value)


def test_items_may_stay_while_the_stack_goes_on_by_hand() -> None:
    settings = sample_settings(
        "dev", ("coderGithubClientSecret",), secretsItems=_ITEMS, coderGithubClientSecret="by hand"
    )
    assert not settings.secret_source.comes_from_item("coderGithubClientSecret")


def test_half_of_a_pair_may_be_an_item() -> None:
    items = '{"coderGithubClientId": {"item": "coder-github", "field": "username"}}'
    sample_settings("dev", **_CONNECT, secretsItems=items, coderGithubAuth="true")
    with pytest.raises(SettingsError, match="has no value for the setting spt-flow:coderGithubClientId"):
        sample_settings("dev", secretsItems=items, coderGithubAuth="true")


_TEXT = st.text(max_size=12)


@given(entry=st.one_of(_TEXT, st.integers(), st.none(), st.dictionaries(_TEXT, _TEXT), st.lists(_TEXT)))
def test_any_json_is_an_item_or_one_sentence(entry: object) -> None:
    try:
        source = SecretSourceSettings(secrets_items={"databaseUrl": entry})  # type: ignore[dict-item] # what is tested
    except ValueError as error:
        assert "for databaseUrl the title or identifier of an item is expected" in str(error)  # noqa: PT017 - either is fine
    else:
        item = source.secrets_items["databaseUrl"]
        assert item.item == item.item.strip()
        assert '"' not in f"{item.item}{item.field}{item.vault}"
