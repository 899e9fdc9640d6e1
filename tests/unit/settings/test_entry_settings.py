"""One host name: what follows from it, what must not stand beside it, and where a certificate may come from."""

import string
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settings import EntrySettings, SettingsError, load_settings

_REQUIRED: Final = {"kubeContext": "here", "nodeCidrs": '["10.0.0.0/16"]'}
_HOST: Final = "coder.example.com"
_ENTRY: Final = {
    "coderHostname": _HOST,
    "coderEntry": "gateway",
    "coderEntryClass": "example",
    "coderEntryNamespace": "gateway-system",
    "coderTlsIssuer": "letsencrypt",
}
_LABELS: Final = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=10)


def _load(values: dict[str, str]) -> EntrySettings:
    config = {f"spt-flow:{key}": value for key, value in {**_REQUIRED, **values}.items()}
    return load_settings("staging", config).entry


def _error(values: dict[str, str]) -> SettingsError:
    with pytest.raises(SettingsError) as caught:
        _load(values)
    assert "\n" not in str(caught.value)
    return caught.value


@given(labels=st.lists(_LABELS, min_size=1, max_size=4))
def test_access_url_and_wildcard_follow_from_any_host_name(labels: list[str]) -> None:
    host = ".".join([*labels, "example", "com"])
    entry = _load({"coderHostname": host})
    assert entry.coder_access_url == f"https://{host}"
    assert entry.coder_wildcard_access_url == f"*.{host}"


def test_the_wildcard_can_be_off_or_another() -> None:
    off = _load({"coderHostname": _HOST, "coderWildcard": "false"})
    assert (off.coder_access_url, off.coder_wildcard_access_url) == (f"https://{_HOST}", "")
    beside = _load({"coderHostname": _HOST, "coderWildcardAccessUrl": "*-apps.example.com"})
    assert beside.coder_wildcard_access_url == "*-apps.example.com"


def test_an_access_url_alone_has_the_wildcard_that_is_said() -> None:
    entry = _load({"coderAccessUrl": f"http://{_HOST}"})
    assert (entry.coder_access_url, entry.coder_wildcard_access_url) == (f"http://{_HOST}", "")


def test_a_host_name_and_an_access_url_are_one_too_many() -> None:
    error = _error({"coderHostname": _HOST, "coderAccessUrl": "https://other.example.com"})
    assert "since coderHostname is coder.example.com, and the access URL follows from it" in error.message
    assert error.next_command == "pulumi config rm --stack staging spt-flow:coderAccessUrl"


@pytest.mark.parametrize(
    "host", ["coder", "coder.coder.svc", "10.0.0.1", "::1", "https://coder.example.com", "*.example.com", "a b", "a..b"]
)
def test_what_is_no_host_name_of_users(host: str) -> None:
    assert "a host name that users' own machines know is expected" in _error({"coderHostname": host}).message


@pytest.mark.parametrize("kind", ["ClusterIssuer", "Issuer"])
def test_a_certificate_may_come_from_an_issuer(kind: str) -> None:
    entry = _load({**_ENTRY, "coderTlsIssuerKind": kind})
    assert (entry.coder_tls_issuer, entry.coder_tls_issuer_kind, entry.coder_tls_secret) == ("letsencrypt", kind, "")


@pytest.mark.parametrize("given_one", ["coderTlsSecret", "coderTlsWildcardSecret"])
def test_a_certificate_comes_from_one_place(given_one: str) -> None:
    error = _error({**_ENTRY, given_one: "coder-tls"})
    assert "since coderTlsIssuer is letsencrypt, and a certificate has one maker" in error.message
    assert error.next_command == f"pulumi config rm --stack staging spt-flow:{given_one}"


def test_a_certificate_comes_from_some_place() -> None:
    missing = {key: value for key, value in _ENTRY.items() if key != "coderTlsIssuer"}
    assert "spt-flow:coderTlsSecret" in _error(missing).message
    assert _load({**missing, "coderTlsSecret": "coder-tls"})


@pytest.mark.parametrize(
    "values",
    [
        {"coderHostname": _HOST, "coderTlsIssuer": "letsencrypt"},
        {**_ENTRY, "coderHostname": "", "coderAccessUrl": f"http://{_HOST}"},
    ],
    ids=["no entry", "no https"],
)
def test_an_issuer_without_use_is_refused(values: dict[str, str]) -> None:
    error = _error(values)
    assert "since it is for an entry (coderEntry) with https" in error.message
    assert error.next_command == "pulumi config rm --stack staging spt-flow:coderTlsIssuer"
