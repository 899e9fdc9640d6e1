"""`sptcoder snapshot` and `restore` on a real workspace."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sptcoder.api.models.workspace import Workspace
from tests.support.cli_run import CliRun

pytestmark = pytest.mark.lab

FOLDER = "snapshot-test"


@pytest.fixture
def work(cli: CliRun, workspace: Workspace) -> str:
    """Put something worth saving into the home; the last test takes it away."""
    cli.run("ssh", workspace.name, "--", f"mkdir -p ~/{FOLDER}/'a b' && echo one > ~/{FOLDER}/'a b'/file")
    return f"~/{FOLDER}/'a b'/file"


def test_a_home_is_saved_and_comes_back(cli: CliRun, workspace: Workspace, work: str, tmp_path: Path) -> None:
    file = tmp_path / "before.home.tar"
    saved = cli.run("snapshot", workspace.name, str(file))
    assert saved.stdout == f"{file}\n"
    cli.run("ssh", workspace.name, "--", f"echo two > {work}; echo mine > ~/{FOLDER}/mine")
    refused = cli.run("restore", workspace.name, str(file), check=False)
    assert refused.returncode == 2
    assert f"sptcoder restore {workspace.name} {file} --yes" in refused.stderr
    with cli.terminal("restore", workspace.name, str(file)) as child:
        child.expect(r"Go on\? \[y/N\]: ")
        child.sendline("y")
        child.expect("is back in")
        child.wait()
    assert child.exitstatus == 0
    seen = cli.run("ssh", workspace.name, "--", f"cat {work} ~/{FOLDER}/mine; rm -r ~/{FOLDER}; ls -A ~").stdout
    assert seen.startswith("one\nmine\n")
    assert ".spt-flow-restore" not in seen


def test_json_tells_what_was_saved_and_restored(cli: CliRun, workspace: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "a.home.tar"
    excluded = ("--exclude", "*")
    saved = json.loads(cli.run("snapshot", workspace.name, str(file), *excluded, "--json").stdout)
    assert saved["file"] == str(file)
    assert saved["workspace"] == f"{workspace.owner_name}/{workspace.name}"
    assert saved["excluded"] == ["./.cache", "./lost+found", "*"]
    assert len(saved["sha256"]) == 64
    assert len(saved["correlation_id"]) == 32
    restored = json.loads(cli.run("restore", workspace.name, str(file), "--yes", "--json").stdout)
    assert restored["restored"]["sha256"] == saved["sha256"]
    failed = cli.run("snapshot", workspace.name, str(file), "--json", check=False)
    assert json.loads(failed.stdout)["error"]["exit_code"] == failed.returncode == 2


def test_ctrl_c_leaves_no_file(cli: CliRun, workspace: Workspace, tmp_path: Path) -> None:
    # Something that takes its time to read, whatever the machine: random bytes cannot be compressed.
    cli.run("ssh", workspace.name, "--", "head -c 150000000 /dev/urandom > ~/large")
    argv = [sys.executable, "-m", "sptcoder", "snapshot", workspace.name, str(tmp_path / "a.home.tar")]
    try:
        process = subprocess.Popen(
            argv, env=cli.variables(), stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        end = time.monotonic() + 60
        while not any(path.stat().st_size > 1000 for path in tmp_path.iterdir()):
            assert time.monotonic() < end
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    finally:
        cli.run("ssh", workspace.name, "--", "rm -f ~/large", check=False)
    assert process.returncode == 130
    assert "Stopped on request." in said
    assert list(tmp_path.iterdir()) == []
