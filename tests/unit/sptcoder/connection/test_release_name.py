"""The name of Coder's program for a machine."""

import pytest

from core.errors import SptFlowError
from sptcoder.connection.release_name import program_name


@pytest.mark.parametrize(
    ("platform", "machine", "name"),
    [
        ("linux", "x86_64", "coder-linux-amd64"),
        ("linux", "aarch64", "coder-linux-arm64"),
        ("linux", "armv7l", "coder-linux-armv7"),
        ("darwin", "arm64", "coder-darwin-arm64"),
        ("darwin", "x86_64", "coder-darwin-amd64"),
        ("win32", "AMD64", "coder-windows-amd64.exe"),
        ("win32", "ARM64", "coder-windows-arm64.exe"),
    ],
)
def test_each_system_has_its_program(platform: str, machine: str, name: str) -> None:
    assert program_name(platform, machine) == name


@pytest.mark.parametrize(("platform", "machine"), [("freebsd14", "amd64"), ("linux", "riscv64"), ("win32", "armv7l")])
def test_a_system_without_one_is_named(platform: str, machine: str) -> None:
    with pytest.raises(SptFlowError, match=rf"this machine \({platform}, {machine}\)"):
        program_name(platform, machine)
