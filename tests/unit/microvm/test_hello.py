import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from microvm import ladder
from microvm.__main__ import main
from microvm.device import KvmError
from microvm.ladder import Limits

_STANDINS = Path(__file__).parents[2] / "standins" / "hypervisor"

Hello = Callable[..., tuple[int, str]]


def _no_kvm(device: str) -> str:
    raise KvmError(f"there is no {device}")


@pytest.fixture
def hello(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """Run a command on a host whose levels 1 to 3 hold, under the hypervisor's stand-in."""
    (tmp_path / "vmlinuz").write_bytes(b"kernel")
    (tmp_path / "busybox").write_bytes(b"busybox")
    monkeypatch.setenv("PATH", f"{_STANDINS}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("SPT_MICROVM_KERNEL", str(tmp_path / "vmlinuz"))
    monkeypatch.setenv("SPT_MICROVM_BUSYBOX", str(tmp_path / "busybox"))
    monkeypatch.delenv("SPT_MICROVM_VMLINUX", raising=False)
    monkeypatch.setenv("HYPERVISOR_LOG", str(tmp_path / "arguments"))
    for step in ("_open", "_create", "_run"):
        monkeypatch.setattr(ladder, step, lambda _device: "done")
    monkeypatch.setattr(ladder, "Limits", lambda: Limits(kernel=0.5))

    def run(*arguments: str, act: str = "boots", emulation: str = "boots") -> tuple[int, str]:
        monkeypatch.setenv("HYPERVISOR_ACT", act)
        monkeypatch.setenv("HYPERVISOR_EMULATION", emulation)
        code = main(["hello", *arguments])
        return code, capsys.readouterr().out

    return run


def test_all_levels(hello: Hello, tmp_path: Path) -> None:
    code, said = hello()
    assert code == 0
    assert said.count(": reached") == 4
    assert "Linux 6.1.0-test says hello from a microVM under qemu-system-x86_64 (kvm)" in said
    arguments = (tmp_path / "arguments").read_text().splitlines()
    assert arguments[arguments.index("-accel") + 1] == "kvm"


@pytest.mark.parametrize(
    ("act", "words"),
    [("hangs", "within 0.5 s: Decompressing Linux..."), ("dies", "ended before the kernel said hello")],
)
def test_a_kernel_that_does_not_boot_is_level_three(hello: Hello, act: str, words: str) -> None:
    code, said = hello(act=act)
    assert code == 13
    assert words in said
    assert "emulation" not in said, "emulation is never chosen for the user"


def test_emulation_only_when_chosen_and_always_said(hello: Hello, tmp_path: Path) -> None:
    code, said = hello("--emulate", act="hangs")
    assert code == 0
    assert "The kernel ran by emulation, not with KVM" in said
    arguments = (tmp_path / "arguments").read_text().splitlines()
    assert arguments[arguments.index("-accel") + 1] == "tcg"


def test_emulation_is_not_used_where_kvm_does(hello: Hello) -> None:
    code, said = hello("--emulate", emulation="dies")
    assert (code, "emulation" in said) == (0, False)


def test_emulation_that_fails_too(hello: Hello) -> None:
    assert hello("--emulate", act="hangs", emulation="dies")[0] == 13


def test_a_machine_that_lingers_is_killed(hello: Hello) -> None:
    started = time.monotonic()
    assert hello(act="lingers")[0] == 0
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(("step", "code"), [("_open", 10), ("_create", 11), ("_run", 12)])
def test_the_exit_code_names_the_level(hello: Hello, monkeypatch: pytest.MonkeyPatch, step: str, code: int) -> None:
    monkeypatch.setattr(ladder, step, _no_kvm)
    found, said = hello()
    assert found == code
    assert said.count("NOT reached") == 1
    assert "kernel" not in said


def test_a_lower_level_may_be_enough(hello: Hello) -> None:
    code, said = hello("--level", "guest", act="dies")
    assert (code, said.count("level ")) == (0, 3)


def test_json(hello: Hello) -> None:
    code, said = hello("--json", "--emulate", act="dies")
    answer: dict[str, Any] = json.loads(said)
    assert code == 0
    assert (answer["target"], answer["reachedWithKvm"], answer["emulated"]) == ("kernel", "guest", True)
    assert [(each["level"], each["by"], each["reached"]) for each in answer["levels"]] == [
        ("device", "kvm", True),
        ("vcpu", "kvm", True),
        ("guest", "kvm", True),
        ("kernel", "kvm", False),
        ("kernel", "emulation", True),
    ]


def test_nothing_to_boot_is_named(hello: Hello, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SPT_MICROVM_KERNEL", str(tmp_path / "none"))
    code, said = hello()
    assert code == 13
    assert "none cannot be read: No such file or directory" in said


def test_no_hypervisor_is_named(hello: Hello, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    code, said = hello()
    assert code == 13
    assert "no qemu-system-x86_64 is installed" in said


@pytest.mark.parametrize("arguments", [[], ["hello", "--level", "moon"], ["bye"]])
def test_misuse(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2


def test_kvm_ok(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for step in ("_open", "_create"):
        monkeypatch.setattr(ladder, step, lambda _device: "done")
    assert main(["kvm-ok"]) == 0
    assert capsys.readouterr().out == "INFO: /dev/kvm exists\nKVM acceleration can be used\n"
    monkeypatch.setattr(ladder, "_create", _no_kvm)
    assert main(["kvm-ok"]) == 1
    assert capsys.readouterr().out.endswith("KVM acceleration can NOT be used\n")
