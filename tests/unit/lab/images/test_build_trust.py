"""What of this machine's registry settings a build sees."""

import stat
from pathlib import Path
from typing import Final

import pytest

from lab.images import build_trust
from lab.images.build_trust import write_build_trust

CERTIFICATE: Final = "-----BEGIN CERTIFICATE-----\n"


@pytest.fixture(autouse=True)
def _machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_trust, "_pip_settings", lambda: {"PIP_INDEX_URL": "https://pip.example.com/simple"})
    monkeypatch.setattr(build_trust, "_apt", lambda: 'Acquire::http::Proxy "http://apt.example.com:3142";\n')


def trust(tmp_path: Path, environment: dict[str, str]) -> dict[str, str]:
    write_build_trust(tmp_path / "trust", home=tmp_path, environment=environment)
    return {path.name: path.read_text() for path in sorted((tmp_path / "trust").iterdir())}


def test_addresses_are_taken_and_nothing_else(tmp_path: Path) -> None:
    given = {
        "https_proxy": "http://proxy.example.com:3128",
        "PATH": "/evil",
        "TOKEN": "x",
        "GOFLAGS": "-x",
        "GOSUMDB": "",
    }
    lines = trust(tmp_path, given)["environment"].splitlines()
    names = [line.split("=")[0] for line in lines]
    assert names == ["GOPROXY", "PIP_INDEX_URL", "https_proxy"]
    assert lines[2] == "https_proxy=http://proxy.example.com:3128"


def test_a_variable_is_before_a_configuration(tmp_path: Path) -> None:
    lines = trust(tmp_path, {"PIP_INDEX_URL": "https://other.example.com"})["environment"].splitlines()
    assert "PIP_INDEX_URL=https://other.example.com" in lines


def test_go_is_not_sent_past_its_proxy(tmp_path: Path) -> None:
    assert ",direct" not in trust(tmp_path, {})["environment"]


def test_the_certificates_are_those_this_machine_trusts(tmp_path: Path) -> None:
    (tmp_path / "bundle.crt").write_text(CERTIFICATE)
    assert trust(tmp_path, {"SSL_CERT_FILE": str(tmp_path / "bundle.crt")})["ca.pem"] == CERTIFICATE


def test_of_configuration_files_only_where_things_come_from(tmp_path: Path) -> None:
    (tmp_path / ".npmrc").write_text(
        "fund=false\nregistry=https://npm.example.com\n@a:registry = https://a.example.com\n"
        "//npm.example.com/:_authToken=secret\nscript-shell=/evil\n"
    )
    (tmp_path / ".cargo").mkdir()
    (tmp_path / ".cargo" / "config.toml").write_text(
        '[build]\nrustc-wrapper = "/evil"\n[source.crates-io]\nreplace-with = "ours"\n'
        '[source.ours]\nregistry = "sparse+https://crates.example.com/"\n[alias]\nb = "build"\n'
    )
    found = trust(tmp_path, {})
    assert found["npmrc"].splitlines() == [
        "registry=https://npm.example.com",
        "@a:registry = https://a.example.com",
        "//npm.example.com/:_authToken=secret",
    ]
    assert "evil" not in found["cargo.toml"]
    assert "alias" not in found["cargo.toml"]
    assert 'replace-with = "ours"' in found["cargo.toml"]
    assert found["apt.conf"] == 'Acquire::http::Proxy "http://apt.example.com:3142";\n'


def test_only_the_owner_reads_it(tmp_path: Path) -> None:
    trust(tmp_path, {"https_proxy": "http://user:password@proxy.example.com"})
    assert stat.S_IMODE((tmp_path / "trust").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "trust" / "environment").stat().st_mode) == 0o600
