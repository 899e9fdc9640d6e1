"""Random values, called directly. Output keys and IDs are those that the official plugin puts out."""

import base64
import ctypes
import ctypes.util
import re
import string
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import SptFlowError
from lab.plugins.protocol.requests import CheckRequest, CreateRequest, DiffRequest, ReadRequest, UpdateRequest
from lab.plugins.protocol.results import CreateResult
from lab.plugins.protocol.values import UNKNOWN, Secret, reveal
from lab.plugins.random.characters import CharacterRules, bcrypt_hash, draw_string
from lab.plugins.random.kinds import KINDS
from lab.plugins.random.provider import RandomProvider

_CHARACTER_DEFAULTS = {
    "lower": True,
    "minLower": 0,
    "minNumeric": 0,
    "minSpecial": 0,
    "minUpper": 0,
    "number": True,
    "numeric": True,
    "special": True,
    "upper": True,
}


def _type(name: str) -> str:
    return f"random:index/random{name}:Random{name}"


async def _create(name: str, *, preview: bool = False, **inputs: Any) -> CreateResult:  # noqa: ANN401
    request = CreateRequest("urn", _type(name), "x", inputs, timeout=0, preview=preview)
    return await RandomProvider().create(request)


async def _failures(name: str, **inputs: Any) -> dict[str, str]:  # noqa: ANN401
    request = CheckRequest("urn", _type(name), "x", None, inputs, b"", None)
    result = await RandomProvider().check(request)
    assert result.inputs == inputs, "inputs stay as they were given"
    return {failure.property: failure.reason for failure in result.failures}


async def _diff(name: str, olds: dict[str, Any], news: dict[str, Any]) -> dict[str, str]:
    request = DiffRequest("id", "urn", _type(name), "x", olds, {}, news, ())
    return {path: change.kind.value for path, change in (await RandomProvider().diff(request)).detailed.items()}


@pytest.mark.parametrize(
    ("name", "inputs", "keys"),
    [
        ("Password", {"length": 16}, {*_CHARACTER_DEFAULTS, "length", "id", "result", "bcryptHash", "__meta"}),
        ("String", {"length": 16}, {*_CHARACTER_DEFAULTS, "length", "id", "result", "__meta"}),
        ("Id", {"byteLength": 8}, {"b64Std", "b64Url", "byteLength", "dec", "hex", "id"}),
        ("Bytes", {"length": 16}, {"base64", "hex", "length"}),
        ("Integer", {"min": 1, "max": 100}, {"id", "max", "min", "result"}),
        ("Pet", {"length": 3, "separator": "-"}, {"id", "length", "separator"}),
        ("Shuffle", {"inputs": ["a", "b", "c"]}, {"id", "inputs", "results"}),
        ("Uuid", {}, {"id", "result"}),
        ("Uuid4", {"keepers": {"a": "b"}}, {"id", "keepers", "result"}),
        ("Uuid7", {}, {"id", "result"}),
    ],
)
async def test_outputs_and_preview(name: str, inputs: dict[str, Any], keys: set[str]) -> None:
    assert await _failures(name, **inputs) == {}
    made = await _create(name, **inputs)
    assert set(made.properties) == keys
    assert made.id == reveal(made.properties.get("id", made.properties.get("base64")))
    previewed = await _create(name, preview=True, **inputs)
    assert previewed.id == ""
    for key, value in made.properties.items():
        if key in inputs or key in _CHARACTER_DEFAULTS:
            assert previewed.properties[key] == value
        elif key != "__meta":
            assert reveal(previewed.properties[key]) is UNKNOWN
            assert isinstance(previewed.properties[key], Secret) == isinstance(value, Secret)


async def test_a_password_is_secret_and_its_hash_fits() -> None:
    made = await _create("Password", length=20, minSpecial=3, overrideSpecial="_%", upper=False)
    assert made.id == "none"
    password, hashed = made.properties["result"], made.properties["bcryptHash"]
    assert isinstance(password, Secret)
    assert isinstance(hashed, Secret)
    assert len(password.value) == 20
    assert sum(character in "_%" for character in password.value) >= 3
    assert not set(password.value) & set(string.ascii_uppercase)
    library = ctypes.CDLL(ctypes.util.find_library("crypt"))
    library.crypt.restype = ctypes.c_char_p
    assert library.crypt(password.value.encode(), hashed.value.encode()) == hashed.value.encode()
    assert re.fullmatch(r"\$2a\$10\$.{53}", hashed.value)


def test_only_the_first_72_bytes_are_hashed_and_salts_differ() -> None:
    hashed = bcrypt_hash("x" * 100)
    library = ctypes.CDLL(ctypes.util.find_library("crypt"))
    library.crypt.restype = ctypes.c_char_p
    assert library.crypt(b"x" * 72, hashed.encode()) == hashed.encode()
    assert bcrypt_hash("x" * 100) != hashed


@given(st.lists(st.integers(0, 5), min_size=4, max_size=4), st.integers(0, 10), st.sampled_from(["", "#", "äöü"]))
def test_strings_keep_to_the_rules(minima: list[int], more: int, override: str) -> None:
    length = sum(minima) + more
    rules = CharacterRules(
        length,
        min_lower=minima[0],
        min_upper=minima[1],
        min_numeric=minima[2],
        min_special=minima[3],
        override_special=override,
    )
    drawn = draw_string(rules)
    assert len(drawn) == length
    for characters, _, least in rules.classes():
        assert sum(character in characters for character in drawn) >= least
    assert set(drawn) <= {character for characters, _, _ in rules.classes() for character in characters}


async def test_an_id_is_the_same_bytes_in_four_encodings() -> None:
    outputs = (await _create("Id", byteLength=9, prefix="p-")).properties
    data = base64.urlsafe_b64decode(outputs["id"] + "=" * (-len(outputs["id"]) % 4))
    assert len(data) == 9
    assert outputs["b64Url"] == "p-" + outputs["id"]
    assert outputs["b64Std"] == "p-" + base64.b64encode(data).decode()
    assert outputs["hex"] == "p-" + data.hex()
    assert outputs["dec"] == f"p-{int.from_bytes(data, 'big')}"


async def test_integers_stay_in_range_and_repeat_for_a_seed() -> None:
    assert (await _create("Integer", min=5, max=5)).properties["result"] == 5
    drawn = {(await _create("Integer", min=1, max=10**9, seed="s")).properties["result"] for _ in range(3)}
    assert len(drawn) == 1
    assert 1 <= drawn.pop() <= 10**9


async def test_names() -> None:
    assert re.fullmatch(r"[a-z]+-[a-z]+", (await _create("Pet")).id)
    assert re.fullmatch(
        r"x_[a-z]+_[a-z]+_[a-z]+_[a-z]+", (await _create("Pet", length=4, separator="_", prefix="x")).id
    )


@pytest.mark.parametrize(("count", "length"), [(None, 4), (2, 2), (10, 10), (0, 0)])
async def test_shuffles(count: int | None, length: int) -> None:
    items = ["a", "b", "c", "d"]
    outputs = (await _create("Shuffle", inputs=items, resultCount=count)).properties
    assert len(outputs["results"]) == length
    assert set(outputs["results"][:4]) <= set(items)
    assert len(set(outputs["results"][:4])) == min(length, 4), "no item twice before each came once"
    assert outputs["id"] == "-"


async def test_uuids_have_their_version() -> None:
    assert uuid.UUID((await _create("Uuid4")).id).version == 4
    first, second = uuid.UUID((await _create("Uuid7")).id), uuid.UUID((await _create("Uuid7")).id)
    assert (first.version, first.variant) == (7, uuid.RFC_4122)
    assert first.int >> 80 <= second.int >> 80
    assert len({(await _create("Uuid")).id for _ in range(5)}) == 5


@pytest.mark.parametrize(
    ("name", "inputs", "property_name", "reason"),
    [
        ("String", {}, "length", "it is missing, but is required"),
        ("String", {"length": 0}, "length", "it is 0, but must be at least 1"),
        ("String", {"length": "8"}, "length", "it must be an integer"),
        ("String", {"length": True}, "length", "it must be an integer"),
        ("String", {"length": 3, "minLower": 2, "minUpper": 2}, "length", "at least the sum of"),
        ("String", {"length": 3, "number": True, "numeric": False}, "number", "it differs from 'numeric'"),
        (
            "Password",
            {"length": 3, "number": False, "lower": False, "upper": False, "special": False},
            "numeric",
            "at least one of lower, numeric, special, upper must be true",
        ),
        ("Integer", {"min": 3, "max": 1}, "max", "it is 1, but must be at least 'min', which is 3"),
        ("Shuffle", {"inputs": ["a", 1]}, "inputs", "it must be a list of strings"),
        ("Pet", {"size": 1}, "size", "there is no input of this name; there are: keepers, length, prefix, separator"),
    ],
)
async def test_wrong_inputs(name: str, inputs: dict[str, Any], property_name: str, reason: str) -> None:
    failures = await _failures(name, **inputs)
    assert list(failures) == [property_name]
    assert reason in failures[property_name]


async def test_unknown_inputs_pass_the_check() -> None:
    assert await _failures("String", length=UNKNOWN, keepers={"a": UNKNOWN}) == {}
    assert await _failures("Integer", min=UNKNOWN, max=1) == {}


async def test_every_change_replaces() -> None:
    olds = (await _create("String", length=8, keepers={"a": "1"})).properties
    assert await _diff("String", olds, {"length": 8, "keepers": {"a": "1"}}) == {}
    assert await _diff("String", olds, {"length": 9, "keepers": {"a": "2"}}) == {
        "keepers.a": "UPDATE_REPLACE",
        "length": "UPDATE_REPLACE",
    }
    assert await _diff("String", olds, {"length": 8}) == {"keepers": "DELETE_REPLACE"}


async def test_spelling_out_a_default_changes_nothing() -> None:
    olds = (await _create("Password", length=8)).properties
    assert await _diff("Password", reveal(olds), {"length": 8, "special": True, "number": True, "minLower": 0}) == {}
    assert await _diff("Password", reveal(olds), {"length": 8, "keepers": {}}) == {}
    assert list(await _diff("Password", reveal(olds), {"length": 8, "numeric": False})) == ["number", "numeric"]


async def test_dropping_an_empty_override_keeps_the_value() -> None:
    olds = reveal((await _create("String", length=8, overrideSpecial="")).properties)
    assert await _diff("String", olds, {"length": 8}) == {"overrideSpecial": "DELETE"}
    request = UpdateRequest(
        "id", "urn", _type("String"), "x", olds, {}, {"length": 8}, 0, preview=False, ignore_changes=()
    )
    updated = await RandomProvider().update(request)
    assert updated == {key: value for key, value in olds.items() if key != "overrideSpecial"}


@pytest.mark.parametrize(
    ("name", "import_id", "resource_id", "inputs"),
    [
        ("Password", "s3cret!", "none", {"length": 7}),
        ("String", "abc", "abc", {"length": 3}),
        ("Id", "p-,AQID", "AQID", {"byteLength": 3, "prefix": "p-"}),
        ("Bytes", "AQID", "AQID", {"length": 3}),
        ("Integer", "5,1,10,seed", "5", {"min": 1, "max": 10, "seed": "seed"}),
        ("Uuid", "827d0b34-00cc-b03d-d29b-542f354122cb", "827d0b34-00cc-b03d-d29b-542f354122cb", {}),
    ],
)
async def test_import_then_no_change(name: str, import_id: str, resource_id: str, inputs: dict[str, Any]) -> None:
    request = ReadRequest(import_id, "urn", _type(name), "x", {}, None, 0)
    read = await RandomProvider().read(request)
    assert read.id == resource_id
    assert read.inputs == inputs
    assert await _diff(name, reveal(read.properties), read.inputs) == {}
    drawn = await _create(name, **inputs)
    assert set(read.properties) == set(drawn.properties)


@pytest.mark.parametrize(
    ("name", "import_id", "message"),
    [
        ("Pet", "a-b", "cannot be imported"),
        ("Integer", "5,1", "is not '<result>,<min>,<max>'"),
        ("Integer", "x,1,2", "is not '<result>,<min>,<max>'"),
        ("Uuid", "zzz", "is not a UUID"),
        ("Id", "p,!!", "is not '<prefix>,<base64url>'"),
    ],
)
async def test_imports_that_cannot_be(name: str, import_id: str, message: str) -> None:
    with pytest.raises(SptFlowError, match=re.escape(message)):
        await RandomProvider().read(ReadRequest(import_id, "urn", _type(name), "x", {}, None, 0))


async def test_refresh_returns_the_state() -> None:
    request = ReadRequest("id", "urn", _type("Pet"), "x", {"id": "a-b", "length": 2}, {"length": 2}, 0)
    read = await RandomProvider().read(request)
    assert (read.id, read.properties, read.inputs) == ("id", {"id": "a-b", "length": 2}, {"length": 2})


def test_every_type_of_the_sdk_is_covered() -> None:
    import pulumi_random  # noqa: PLC0415 - only this test needs the SDK, which takes a second to load

    names = {name for name in dir(pulumi_random) if re.fullmatch(r"Random[A-Z]\w*(?<!Args)", name)}
    assert {token.rsplit(":", 1)[-1] for token in KINDS} == names
