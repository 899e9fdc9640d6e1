"""Values to the wire format and back."""

import pytest
from google.protobuf import json_format, struct_pb2
from hypothesis import given
from hypothesis import strategies as st

from core.errors import SptFlowError
from lab.plugins.protocol.codec import decode, decode_value, encode, encode_value
from lab.plugins.protocol.values import UNKNOWN, Archive, Asset, Output, ResourceReference, Secret, Value, reveal

_SIGNATURE = "4dabf18193072939515e22adb298388d"
_EXACT = 2**53

_hashes = st.text("0123456789abcdef", min_size=1, max_size=8)
_assets = st.one_of(
    st.builds(Asset, hash=_hashes, text=st.text()),
    st.builds(Asset, hash=_hashes, path=st.text(min_size=1)),
    st.builds(Asset, hash=_hashes, uri=st.text(min_size=1)),
    st.builds(Asset, hash=_hashes),
)
_archives = st.one_of(
    st.builds(Archive, hash=_hashes, assets=st.dictionaries(st.text(), _assets, max_size=3)),
    st.builds(Archive, hash=_hashes, path=st.text(min_size=1)),
)
_plain = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-_EXACT, _EXACT),
    st.floats(allow_nan=False).filter(lambda number: not number.is_integer()),
    st.text(),
)
_references = st.builds(
    ResourceReference,
    urn=st.text(min_size=1),
    id=st.one_of(st.none(), st.text(min_size=1), st.just(UNKNOWN)),
    package_version=st.text(),
)


def _containers(inner: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    return st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.text().filter(lambda key: key != _SIGNATURE), inner, max_size=4),
        st.builds(Secret, inner),
        st.builds(Output, inner, st.booleans(), st.lists(st.text(), max_size=2).map(tuple)),
    )


_values = st.recursive(st.one_of(_plain, st.just(UNKNOWN), _assets, _archives, _references), _containers, max_leaves=12)


def _without_half_known_outputs(value: Value) -> Value:
    """Return what must come back: an output whose value is not known throughout is not known at all."""
    match value:
        case dict():
            return {key: _without_half_known_outputs(item) for key, item in value.items()}
        case list():
            return [_without_half_known_outputs(item) for item in value]
        case Secret():
            return Secret(_without_half_known_outputs(value.value))
        case Output():
            inner = _without_half_known_outputs(value.value)
            known = "UNKNOWN" not in repr(reveal(inner))
            return Output(inner if known else UNKNOWN, value.secret, value.dependencies)
        case _:
            return value


def _typed(value: Value) -> object:
    """Return the value with each leaf beside its type: 1 == True == 1.0 in Python, so equality alone would not tell."""
    match value:
        case dict():
            return {key: _typed(item) for key, item in value.items()}
        case list():
            return [_typed(item) for item in value]
        case Secret():
            return Secret, _typed(value.value)
        case Output():
            return Output, _typed(value.value), value.secret, value.dependencies
        case _:
            return type(value), value


@given(_values)
def test_what_is_encoded_comes_back(value: Value) -> None:
    assert decode_value(encode_value(value)) == _without_half_known_outputs(value)


@given(_values)
def test_types_come_back_exactly(value: Value) -> None:
    assert _typed(decode_value(encode_value(value))) == _typed(_without_half_known_outputs(value))


@given(st.dictionaries(st.text().filter(lambda key: key != _SIGNATURE), _values, max_size=3))
def test_without_secrets_everything_is_bare(properties: dict[str, Value]) -> None:
    assert "1b47061264138c4ac30d75fd1eb44270" not in str(encode(properties, keep_secrets=False))


def test_integral_numbers_become_int() -> None:
    struct = struct_pb2.Struct()
    struct.update({"replicas": 3.0, "ratio": 0.5, "big": 1e20, "yes": True})
    decoded = decode(struct)
    assert decoded == {"replicas": 3, "ratio": 0.5, "big": 10**20, "yes": True}
    assert type(decoded["replicas"]) is int
    assert decoded["yes"] is True


def test_the_wire_format_is_pulumis() -> None:
    assert json_format.MessageToDict(encode({"p": Secret("x"), "u": UNKNOWN, "n": None})) == {
        "p": {_SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "value": "x"},
        "u": "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "n": None,
    }
    asset = {_SIGNATURE: "c44067f5952c0a294b673a41bacd8c17", "hash": "ab", "text": "hello"}
    assert json_format.MessageToDict(encode({"a": Asset("ab", text="hello")})) == {"a": asset}


@pytest.mark.parametrize(
    "sentinel",
    ["1c4a061d-8072-4f0a-a4cb-0ff528b18fe7", "dd056dcd-154b-4c76-9bd3-c8f88648b5ff"],
)
def test_unknowns_of_every_type_are_unknown(sentinel: str) -> None:
    assert decode_value(struct_pb2.Value(string_value=sentinel)) is UNKNOWN


def test_an_unknown_signature_is_one_sentence() -> None:
    struct = struct_pb2.Struct()
    struct.update({"a": {_SIGNATURE: "new-kind"}})
    with pytest.raises(SptFlowError, match="does not know: signature 'new-kind'"):
        decode(struct)


def test_a_foreign_type_is_one_sentence() -> None:
    with pytest.raises(SptFlowError, match="type 'bytes' has no form"):
        encode({"a": b"x"})
