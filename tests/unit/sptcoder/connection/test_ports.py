"""Ports as users write them."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import UsageError
from sptcoder.connection.ports import parse_port


@pytest.mark.parametrize(
    ("text", "here", "remote"),
    [
        ("3000", "127.0.0.1:3000", 3000),
        ("8080:3000", "127.0.0.1:8080", 3000),
        ("0.0.0.0:8080:3000", "0.0.0.0:8080", 3000),
        ("[::1]:8080:3000", "[::1]:8080", 3000),
    ],
)
def test_a_port_is_read(text: str, here: str, remote: int) -> None:
    port = parse_port(text)
    assert (port.here, port.remote) == (here, remote)
    assert port.words() == ("--tcp", f"{here}:{remote}")
    assert parse_port(text, "udp").words() == ("--udp", f"{here}:{remote}")


@pytest.mark.parametrize(
    "text", ["", "0", "65536", "a", "1:2:3", "999.0.0.1:1:2", "0.0.0.0:3000", "80-90", "80 ", "-1", "٣"]
)
def test_anything_else_is_refused_by_name(text: str) -> None:
    with pytest.raises(UsageError, match=f"^'{re.escape(text)}' is no port to forward"):
        parse_port(text)


@settings(deadline=None)
@given(st.integers(1, 65535), st.integers(1, 65535))
def test_every_pair_of_ports_is_taken(local: int, remote: int) -> None:
    assert parse_port(f"{local}:{remote}").words()[1] == f"127.0.0.1:{local}:{remote}"


@settings(deadline=None)
@given(st.text())
def test_no_text_breaks_the_reader_or_becomes_an_option(text: str) -> None:
    try:
        option, value = parse_port(text).words()
    except UsageError:
        return
    assert option == "--tcp"
    assert not value.startswith("-")
