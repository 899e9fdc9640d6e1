"""000:S1.1: the systems there are executables for, and the names of their files."""

import platform

import pytest

from core.errors import SptFlowError
from release.platforms import PLATFORMS, Platform, this_platform
from sptcoder.version import VERSION


def test_the_systems_that_were_asked_for_are_among_them() -> None:
    assert {Platform("linux", "amd64"), Platform("darwin", "arm64"), Platform("windows", "amd64")} <= set(PLATFORMS)


def test_names() -> None:
    linux, windows = Platform("linux", "amd64"), Platform("windows", "amd64")
    assert linux.executable == f"sptcoder-{VERSION}-linux-amd64"
    assert linux.archive == f"sptcoder-{VERSION}-linux-amd64.tar.gz"
    assert (windows.executable, windows.program) == (f"sptcoder-{VERSION}-windows-amd64.exe", "sptcoder.exe")
    assert windows.archive == f"sptcoder-{VERSION}-windows-amd64.zip"
    assert len({name for each in PLATFORMS for name in (each.executable, each.archive)}) == 2 * len(PLATFORMS)


@pytest.mark.parametrize(
    ("system", "machine", "expected"),
    [
        ("Linux", "x86_64", Platform("linux", "amd64")),
        ("Linux", "aarch64", Platform("linux", "arm64")),
        ("Darwin", "arm64", Platform("darwin", "arm64")),
        ("Windows", "AMD64", Platform("windows", "amd64")),
    ],
)
def test_a_machine_is_recognised(
    monkeypatch: pytest.MonkeyPatch, system: str, machine: str, expected: Platform
) -> None:
    monkeypatch.setattr(platform, "system", lambda: system)
    monkeypatch.setattr(platform, "machine", lambda: machine)
    assert this_platform() == expected


def test_another_machine_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "system", lambda: "FreeBSD")
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    with pytest.raises(SptFlowError, match="freebsd on riscv64") as refused:
        this_platform()
    assert refused.value.next_command == "make release-wheel"
