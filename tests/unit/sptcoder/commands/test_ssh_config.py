"""`sptcoder ssh-config`: what it prints and writes, and that it asks for a server first."""

from pathlib import Path

import pytest

from sptcoder.cli.run import run


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Be signed in by environment, with a home of the test's own; return OpenSSH's configuration, not there yet."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("CODER_URL", "https://coder.example.com")
    monkeypatch.setenv("CODER_SESSION_TOKEN", "canary-token-99")
    monkeypatch.setenv("SPT_FLOW_SKIP_UPDATE_CHECK", "true")
    return tmp_path / "ssh" / "config"


def test_a_dry_run_changes_nothing(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ssh-config", "--file", str(file), "--dry-run"]) == 0
    said = capsys.readouterr()
    assert said.out.startswith(f"# {file}, at its top:\nInclude ")
    assert "\nHost *.spt-flow\n" in said.out
    assert not file.parent.exists()


def test_what_is_written_has_no_token_and_can_be_taken_away(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ssh-config", "--file", str(file)]) == 0
    written = file.parent / "spt-flow" / "spt-flow.conf"
    assert capsys.readouterr().out == f"{written}\n"
    assert "canary" not in written.read_text() + file.read_text()
    assert run(["ssh-config", "--file", str(file), "--remove"]) == 0
    assert capsys.readouterr().err == f"{written} is taken away.\n"
    assert run(["ssh-config", "--file", str(file), "--remove"]) == 0
    assert capsys.readouterr().err == f"There is no {written}; nothing to do.\n"


def test_a_server_that_is_not_known_is_said_now_and_not_by_ssh_later(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CODER_SESSION_TOKEN")
    assert run(["ssh-config", "--file", str(file)]) == 1
    assert capsys.readouterr().err.startswith("Error: ")
    assert not file.exists()
