"""The site of an nginx in front of Coder: names, what it listens to, limits; a real one is in the integration tests."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.entry_timeouts import ingress_annotations
from core.errors import UsageError
from lab.nginx_site import NginxSite

_SITE: Final = NginxSite(
    host="coder.example.com",
    wildcard="*.coder.example.com",
    upstream="http://10.98.0.80",
    certificate=Path("/etc/ssl/coder.pem"),
    key=Path("/etc/ssl/coder.key"),
    idle_seconds=1800,
)


def _values(text: str, directive: str) -> list[str]:
    return re.findall(rf"^ +{directive} (.*);$", text, re.MULTILINE)


def test_host_and_wildcard_are_served_and_redirected() -> None:
    assert _values(_SITE.text(), "server_name") == ["coder.example.com *.coder.example.com"] * 2
    assert _values(_SITE.text(), "listen") == ["80", "[::]:80", "443 ssl", "[::]:443 ssl"]
    assert _values(_SITE.text(), "return") == ["301 https://$host$request_uri"]


def test_without_wildcard_only_the_host_is_and_a_suffix_is_taken_off() -> None:
    assert _values(replace(_SITE, wildcard="").text(), "server_name") == ["coder.example.com"] * 2
    beside = replace(_SITE, wildcard="*-apps.example.com").text()
    assert _values(beside, "server_name") == ["coder.example.com *.example.com"] * 2


@given(seconds=st.integers(1, 100_000))
def test_it_is_as_patient_as_an_ingress_by_the_same_setting(seconds: int) -> None:
    text, ingress = replace(_SITE, idle_seconds=seconds).text(), ingress_annotations(seconds)
    for direction in ("read", "send"):
        assert _values(text, f"proxy_{direction}_timeout") == [ingress[f"nginx.org/proxy-{direction}-timeout"]]
    assert _values(text, "client_max_body_size") == [ingress["nginx.org/client-max-body-size"]]


@pytest.mark.parametrize("sign", [" ", ";", "{", "}", "$", "\n", '"', "'", "#", "\\"])
@pytest.mark.parametrize("field", ["host", "wildcard", "upstream", "certificate", "key", "address"])
def test_a_value_cannot_say_more_than_it_is(field: str, sign: str) -> None:
    value: dict[str, Any] = {field: f"a{sign}b"}
    with pytest.raises(UsageError, match="cannot be part of an nginx configuration"):
        replace(_SITE, **value).text()
