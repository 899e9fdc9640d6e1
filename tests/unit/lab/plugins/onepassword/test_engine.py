"""The onepassword edition under the real engine, as the SDK asks it: values, errors, and nothing left behind."""

import pulumi
import pulumi_onepassword as onepassword
import pytest
from pulumi import automation as auto

from tests.standins.onepassword_connect.server import Item, connect_server
from tests.support.pulumi_engine import PulumiEngine

_TOKEN = "canary-token-1b7e"  # noqa: S105 - of the stand-in
_VALUE = "canary-value-77d0"


def _program(url: str, title: str = "coder-github") -> None:
    provider = onepassword.Provider("onepassword", url=url, token=_TOKEN)
    options = pulumi.InvokeOptions(provider=provider)
    vault = onepassword.get_vault(name="setup", opts=options)
    item = onepassword.get_item(vault=vault.uuid, title=title, opts=options)
    pulumi.export("value", pulumi.Output.secret(item.credential))
    pulumi.export("length", len(item.credential))


def test_values_reach_the_program_and_neither_they_nor_the_token_stay(engine: PulumiEngine) -> None:
    with connect_server({_TOKEN: ["setup"]}, [Item("setup", "coder-github", fields={"credential": _VALUE})]) as server:
        engine.preview(lambda: _program(server.url))
        outputs = engine.up(lambda: _program(server.url))
        assert outputs["length"] == len(_VALUE)
        assert outputs["value"] == _VALUE
        for secret in (_TOKEN, _VALUE):
            assert engine.files_with(secret) == []
            assert secret not in engine.transcript

        with pytest.raises(auto.CommandError) as caught:
            engine.preview(lambda: _program(server.url, "none"))
        assert "Unable to read item, got error: Found 0 item(s)" in str(caught.value)
        assert _TOKEN not in str(caught.value)
