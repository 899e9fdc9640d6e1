"""The line that a use of sudo leaves in the container's log."""

import importlib.util
import json
import os
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest

FOLDER: Final = Path(__file__).resolve().parents[3] / "images" / "workspace" / "system"


@pytest.fixture
def sudo_log(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setenv("PAM_RUSER", "coder")
    monkeypatch.setenv("PAM_USER", "root")
    monkeypatch.setenv("PAM_TTY", "pts/0")
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    loader = SourceFileLoader("sudo_log", str(FOLDER / "sudo-log"))
    spec = importlib.util.spec_from_loader("sudo_log", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def test_a_line_says_who_did_what_where(sudo_log: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sudo_log, "_command", lambda _: "sudo apt-get update")
    record = json.loads(sudo_log._line())
    assert record.pop("time").endswith("+00:00")
    assert record == {
        "event": "sudo",
        "user": "coder",
        "terminal": "pts/0",
        "directory": str(Path.cwd()),
        "command": "sudo apt-get update",
    }


@pytest.mark.parametrize("command", ['a\n{"event": "sudo"}', "\x1b[2J", "ü" * 9000, "x" * 200_000, "\ud800"])
def test_a_command_cannot_write_a_second_line_nor_a_torn_one(
    sudo_log: ModuleType, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr(sudo_log, "_command", lambda _: command)
    line = sudo_log._line()
    assert line.count(b"\n") == 1
    assert line.isascii()
    assert b"\x1b" not in line
    assert len(line) <= 4001
    assert json.loads(line).get("cut", False) == (len(command) > 4000)


def test_the_command_is_that_of_the_process(sudo_log: ModuleType) -> None:
    assert sudo_log._command(os.getpid()).split()[0]


def test_sudo_is_refused_when_the_log_cannot_be_written(
    sudo_log: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "status").write_text(f"Name:\tx\nUid:\t0\t{os.geteuid()}\t0\t0\nGid:\t0\t{os.getegid()}\t0\t0\n")
    monkeypatch.setattr(sudo_log, "_FIRST", tmp_path)
    monkeypatch.setattr(sudo_log.os, "seteuid", lambda _: None)
    monkeypatch.setattr(sudo_log.os, "setegid", lambda _: None)
    monkeypatch.setattr(sudo_log.signal, "alarm", lambda _: None)
    assert sudo_log.main() == 1
    assert capsys.readouterr().out.startswith("sudo is refused: its use cannot be written to the container's log")
    (tmp_path / "fd").mkdir()
    (tmp_path / "fd" / "1").symlink_to("/dev/null")
    assert sudo_log.main() == 1
    assert "/dev/null" in capsys.readouterr().out
    (tmp_path / "fd" / "1").unlink()
    (tmp_path / "fd" / "1").touch()
    assert sudo_log.main() == 0
    assert json.loads((tmp_path / "fd" / "1").read_text())["event"] == "sudo"


def test_pam_asks_it_before_a_command_runs() -> None:
    script = (FOLDER / "user.sh").read_text()
    assert "account required pam_exec.so quiet seteuid stdout /usr/lib/spt-flow/sudo-log" in script
    assert "for service in sudo sudo-i" in script
