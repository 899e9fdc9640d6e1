"""A preview that asks nobody finds every item that the settings name, with values their settings take."""

import json

from components.onepassword_lookup import look_up
from components.secret_source import with_secrets
from lab.plugins.onepassword.results import item_result, vault_result
from lab.plugins.onepassword.vaults import find_item, find_vault
from lab.policy_check.stand_in_items import StandInVaults
from settings import Settings
from settings.secret_items import PROGRAM_SETTINGS
from tests.support.event_loop import own_event_loop
from tests.support.recording import declare
from tests.support.sample_settings import sample_settings


def _settings() -> Settings:
    items: dict[str, object] = {key: key.lower() for key in PROGRAM_SETTINGS}
    items["coderGithubClientId"] = {"item": "app", "field": "username"}
    items["coderGithubClientSecret"] = {"item": "app", "field": "keys.client secret"}
    items["coderConnectToken"] = {"item": "a" * 26, "vault": "b" * 26}
    return sample_settings(
        "staging",
        ["connectToken"],
        secretsSource="connect",
        secretsVault="setup",
        secretsItems=json.dumps(items),
        connectUrl="https://connect.example.com",
        connectToken="stand-in",
        coderConnectHost="https://connect.example.com",
    )


def test_every_setting_gets_a_value_that_it_takes() -> None:
    settings = _settings()
    vaults = StandInVaults(settings.secret_source)
    functions = {
        "onepassword:index/getVault:getVault": lambda args: vault_result(
            find_vault(vaults, name=args.get("name", ""), identifier=args.get("uuid", ""))
        ),
        "onepassword:index/getItem:getItem": lambda args: item_result(
            find_item(vaults, vault=args["vault"], title=args.get("title", ""), identifier=args.get("uuid", ""))
        ),
    }
    filled: list[Settings] = []
    with own_event_loop():
        declare(lambda: filled.append(with_secrets(settings)), functions=functions)
        values: list[dict[str, str]] = []
        declare(lambda: values.append(look_up(settings.secret_source)), functions=functions)
    assert set(values[0]) == set(PROGRAM_SETTINGS)
    assert filled[0].login.coder_github_client_id
    assert filled[0].database.database_url.get_secret_value().startswith("postgres://")
