"""`python -m validate` as people and programs run it, with fake tools on PATH."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.patience import wait_for_text

ROOT = Path(__file__).parents[3]


def _environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "HOME": str(folder)}


def _validate(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "validate", *words]
    return subprocess.run(
        command, cwd=ROOT, env=_environment(folder), capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture
def report(tmp_path: Path) -> str:
    """Return a report with git in the image and op not."""
    tools = [{"tool": "git", "version": "", "source": "x"}, {"tool": "op", "missing": "no package"}]
    path = tmp_path / "report.json"
    path.write_text(json.dumps({"target": "full", "tools": tools}))
    return str(path)


def test_a_passing_run_ends_with_0(tmp_path: Path, report: str) -> None:
    done = _validate(tmp_path, "--only", "git,op", "--report", report)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert any(line.startswith("passed   git ") for line in lines)
    assert any(
        line.startswith("missing  op ") and line.endswith("op is not in this image: no package") for line in lines
    )
    assert lines[-1].startswith("1 passed, 0 failed, 1 missing, 0 skipped in ")


def test_a_failing_tool_ends_it_with_1_and_is_said(tmp_path: Path, report: str) -> None:
    fake = tmp_path / "git"
    fake.write_text("#!/bin/sh\necho 'git version 9.9.9'\n[ \"$1\" = --version ] || { echo broken >&2; exit 7; }\n")
    fake.chmod(0o755)
    done = _validate(tmp_path, "--only", "git", "--json", "--report", report)
    assert done.returncode == 1
    answer = json.loads(done.stdout)
    assert (answer["ok"], answer["passed"], answer["failed"]) == (False, 0, 1)
    assert answer["checks"][0]["message"] == "'git init --quiet' ended with exit code 7: broken"
    assert done.stderr == "git: 'git init --quiet' ended with exit code 7: broken\n"


def test_a_required_tool_that_is_missing_ends_it_with_1(tmp_path: Path, report: str) -> None:
    done = _validate(tmp_path, "--only", "op", "--require", "op", "--report", report)
    assert done.returncode == 1
    assert "op is required, and is not in this image: no package" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--only", "gti"], "There is no check 'gti': the checks are agent, "),
        (["--require", "gti"], "There is no tool 'gti': the tools are bash, "),
        (["--timeout", "0"], "0 is not a number of seconds above 0"),
        (["--timeout", "nan"], "nan is not a number of seconds above 0"),
        (["--jobs", "0"], "0 is not a number of checks, 1 or more"),
        (["--report", str(ROOT / "README.md")], "is not a build report"),
        (["--odd"], "unrecognized arguments: --odd"),
    ],
)
def test_misuse_ends_it_with_2(tmp_path: Path, words: list[str], said: str) -> None:
    done = _validate(tmp_path, *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_the_list_names_checks_and_runs_none(tmp_path: Path) -> None:
    done = _validate(tmp_path, "--list")
    assert done.returncode == 0
    names = [line.split()[0] for line in done.stdout.splitlines()]
    assert names[0] == "report"
    assert len(names) == len(set(names))
    wanted = "go rust wasm python node code-server git gh gpg kubectl docker sudo zsh tmux direnv supervisor home kvm"
    assert set(wanted.split()) <= set(names)


def test_the_help_has_examples(tmp_path: Path) -> None:
    done = _validate(tmp_path, "--help")
    assert done.returncode == 0
    assert "spt-validate --only go,rust" in done.stdout
    assert "exit codes: 0" in done.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_run_leaves_nothing(tmp_path: Path, report: str, number: signal.Signals) -> None:
    fake = tmp_path / "git"
    fake.write_text(f"#!/bin/sh\necho $$ >{tmp_path}/pid.new\nmv {tmp_path}/pid.new {tmp_path}/pid\nexec sleep 300\n")
    fake.chmod(0o755)
    command = [sys.executable, "-m", "validate", "--only", "git", "--timeout", "60", "--report", report]
    own = {**_environment(tmp_path), "TMPDIR": str(tmp_path)}
    with subprocess.Popen(command, cwd=ROOT, env=own, stderr=subprocess.PIPE, text=True) as run:
        wait_for_text(tmp_path / "pid")
        run.send_signal(number)
        _, said = run.communicate(timeout=30)
    assert (run.returncode, said) == (130, "Stopped on request; nothing of the checks is left.\n")
    pid = (tmp_path / "pid").read_text().strip()
    assert not Path(f"/proc/{pid}").exists() or "Z" in Path(f"/proc/{pid}/stat").read_text().split()[2]
    assert list(tmp_path.glob("spt-validate-*")) == []
