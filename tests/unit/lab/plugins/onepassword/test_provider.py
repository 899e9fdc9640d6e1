"""The onepassword edition against a Connect server over real HTTP: what is found, and what is said when it is not."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import SptFlowError
from lab.plugins.onepassword.provider import OnePasswordProvider
from lab.plugins.onepassword.results import item_result
from lab.plugins.protocol.errors import UnsupportedFunctionError, UnsupportedTypeError
from lab.plugins.protocol.requests import CheckRequest, ConfigureRequest, InvokeRequest
from lab.plugins.protocol.values import Secret
from tests.standins.onepassword_connect.server import ConnectServer, Item, connect_server, identifier

_TOKEN = "canary-token-5d1f"  # noqa: S105 - of the stand-in
_VALUE = "canary-value-9c02"
_ITEMS = (
    Item("setup", "coder-github", fields={"username": "Iv1.0", "credential": _VALUE}),
    Item("setup", "database", "DATABASE", {"password": "p", "server": "db.example.com", "own": "unseen"}),
    Item("setup", "notes", "SECURE_NOTE", sections={"keys": {"first": "1", "second": "2"}}),
    Item("setup", "twice", id=identifier("twice-a")),
    Item("setup", "twice", id=identifier("twice-b")),
    Item("private", "other", fields={"credential": "x"}),
)


@pytest.fixture(name="connect")
def _connect() -> Iterator[ConnectServer]:
    with connect_server({_TOKEN: ["setup"]}, _ITEMS) as server:
        yield server


async def _invoke(url: str, function: str, token: str = _TOKEN, **args: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    provider = OnePasswordProvider()
    await provider.configure(ConfigureRequest({"url": url, "token": Secret(token)}, {}, "urn", "id"))
    asked = InvokeRequest(f"onepassword:index/{function}:{function}", args, preview=False)
    return dict((await provider.invoke(asked)).returned)


async def test_a_vault_is_found_by_its_name_and_by_its_identifier(connect: ConnectServer) -> None:
    vault = identifier("setup")
    expected = {"id": f"vaults/{vault}", "uuid": vault, "name": "setup", "description": ""}
    assert await _invoke(connect.url, "getVault", name="setup") == expected
    assert await _invoke(f"{connect.url}/", "getVault", uuid=vault) == expected


async def test_an_item_is_found_by_its_title_and_by_its_identifier(connect: ConnectServer) -> None:
    vault = identifier("setup")
    by_title = await _invoke(connect.url, "getItem", vault=vault, title="coder-github")
    assert by_title == await _invoke(connect.url, "getItem", vault=vault, uuid=identifier("coder-github"))
    assert by_title == await _invoke(connect.url, "getItem", vault="setup", uuid="coder-github")
    assert by_title["credential"] == _VALUE
    assert (by_title["username"], by_title["category"], by_title["vault"]) == ("Iv1.0", "api_credential", vault)
    assert "password" not in by_title


async def test_fields_outside_of_sections_are_known_by_their_label_and_inside_all_are(connect: ConnectServer) -> None:
    found = await _invoke(connect.url, "getItem", vault="setup", title="database")
    assert (found["password"], found["hostname"]) == ("p", "db.example.com")
    assert "unseen" not in json.dumps(found)
    (section,) = (await _invoke(connect.url, "getItem", vault="setup", title="notes"))["sections"]
    assert section["label"] == "keys"
    assert [(field["label"], field["value"]) for field in section["fields"]] == [("first", "1"), ("second", "2")]


@pytest.mark.parametrize(
    ("function", "args", "sentence"),
    [
        ("getVault", {"name": "none"}, "Client Error: No vault found with name '\"none\"'"),
        ("getVault", {"name": "private"}, "Client Error: No vault found with name '\"private\"'"),
        ("getVault", {"uuid": identifier("private")}, "got error: status 403: vault privatexxx"),
        ("getVault", {"uuid": "none"}, 'Unable to read vault, got error: Found 0 vaults with title "none"'),
        ("getItem", {"vault": "setup", "title": "none"}, 'Found 0 item(s) in vault "setupxxx'),
        ("getItem", {"vault": "setup", "title": "twice"}, 'Found 2 item(s) in vault "setupxxx'),
        ("getItem", {"vault": "setup", "uuid": identifier("none")}, "got error: status 404: item none"),
        ("getItem", {"vault": "setup"}, "Unable to read item, got error: uuid or title must be set"),
        ("getItem", {"title": "x"}, "Please provide either the vault name or its ID."),
    ],
)
async def test_what_is_not_there_is_one_sentence(
    connect: ConnectServer, function: str, args: dict[str, str], sentence: str
) -> None:
    with pytest.raises(SptFlowError) as caught:
        await _invoke(connect.url, function, **args)
    assert sentence in caught.value.message


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ((503, b"upstream connect error"), "status 503: Service Unavailable"),
        ((500, b'{"status": 500, "message": "boom"}'), "status 500: boom"),
        ((500, b"[1]"), "status 500: Internal Server Error"),
        ((302, b""), "status 302: Found"),
        ((200, f"<p>{_VALUE}</p>".encode()), "the answer is not JSON"),
        ((200, b"{}"), "is no JSON list of objects"),
        ((200, b"[1]"), "is no JSON list of objects"),
    ],
)
async def test_a_server_that_is_not_well_is_one_sentence(
    connect: ConnectServer, fault: tuple[int, bytes], sentence: str
) -> None:
    connect.fault = fault
    with pytest.raises(SptFlowError) as caught:
        await _invoke(connect.url, "getVault", name="setup")
    assert sentence in caught.value.message
    assert _TOKEN not in caught.value.message
    assert _VALUE not in caught.value.message


async def test_a_wrong_token_a_server_that_is_not_there_and_half_a_configuration(connect: ConnectServer) -> None:
    with pytest.raises(SptFlowError, match="status 401: Invalid token signature"):
        await _invoke(connect.url, "getVault", "wrong", name="setup")
    with pytest.raises(SptFlowError, match=r'Get "http://127\.0\.0\.1:9/v1/vaults\?filter=.*": connection refused'):
        await _invoke("http://127.0.0.1:9", "getVault", name="setup")
    for url in ("file:///etc/hostname", "http://[", "nonsense"):
        with pytest.raises(SptFlowError, match=r"unsupported protocol scheme|the address is none|Get "):
            await _invoke(url, "getVault", name="setup")
    with pytest.raises(SptFlowError, match="Client init failure"):
        await _invoke("", "getVault", name="setup")


async def test_the_variables_of_the_official_plugin_are_read(
    connect: ConnectServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OP_CONNECT_HOST", connect.url)
    monkeypatch.setenv("OP_CONNECT_TOKEN", _TOKEN)
    assert (await _invoke("", "getVault", "", name="setup"))["name"] == "setup"


async def test_everything_else_is_refused() -> None:
    provider = OnePasswordProvider()
    await provider.configure(ConfigureRequest({"serviceAccountToken": Secret(""), "account": ""}, {}, "urn", "id"))
    with pytest.raises(SptFlowError, match="'serviceAccountToken' is not covered"):
        await provider.configure(ConfigureRequest({"serviceAccountToken": Secret("x")}, {}, "urn", "id"))
    with pytest.raises(UnsupportedFunctionError):
        await provider.invoke(InvokeRequest("onepassword:index/getUser:getUser", {}, preview=False))
    with pytest.raises(UnsupportedTypeError, match="only getVault and getItem"):
        await provider.check(CheckRequest("urn", "onepassword:index/item:Item", "x", None, {}, b"", None))


_LABELS = st.sampled_from(["username", "password", "server", "own", "credential", ""])
_FIELDS = st.fixed_dictionaries(
    {"id": _LABELS, "label": _LABELS, "value": st.text()},
    optional={
        "purpose": st.sampled_from(["", "USERNAME", "PASSWORD", "NOTES"]),
        "section": st.sampled_from([{"id": "s"}, {"id": "unknown"}]),
        "type": st.just("CONCEALED"),
    },
)


@given(fields=st.lists(_FIELDS, max_size=6), category=st.sampled_from(["API_CREDENTIAL", "LOGIN"]))
def test_any_item_has_a_result_and_no_field_of_a_section_stands_outside_but_by_purpose(
    fields: list[dict[str, Any]], category: str
) -> None:
    item = {"id": "i", "vault": {"id": "v"}, "category": category, "fields": fields, "sections": [{"id": "s"}]}
    found = item_result(item)
    outside = [field["value"] for field in fields if not field.get("section") or field.get("purpose")]
    outside += [field["value"] for field in fields if field["id"] == "credential"]
    for name in ("username", "password", "hostname", "credential", "noteValue"):
        assert name not in found or found[name] in outside
    assert len(found["sections"][0]["fields"]) == sum(field.get("section") == {"id": "s"} for field in fields)
