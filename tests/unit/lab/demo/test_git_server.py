"""The demo's repository, served by git itself on one address and only for a while."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from core.command import Command
from core.errors import SptFlowError
from lab.demo.git_daemon import served_repositories
from lab.demo.repository import GREETING, REPOSITORY, make_repository
from tests.support.patience import wait_until

ROOT = Path(__file__).parents[4]


def answers(address: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((address, port)) == 0


def test_the_repository_can_be_cloned_and_its_program_runs(tmp_path: Path, port: int) -> None:
    commit = make_repository(tmp_path)
    with served_repositories(tmp_path / "served", "127.0.0.1", port=port) as base:
        Command("git").run("clone", "--quiet", f"{base}/{REPOSITORY}.git", str(tmp_path / "clone"), timeout=30)
    clone = Command("git", cwd=tmp_path / "clone")
    assert clone.run("rev-parse", "HEAD").stdout.strip() == commit
    assert clone.run("branch", "--show-current").stdout.strip() == "main"
    said = Command("sh", cwd=tmp_path / "clone").run("-c", "./hello.sh").stdout.splitlines()
    assert said[0] == GREETING
    assert commit.startswith(said[1].split()[1])


def test_the_users_git_configuration_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "gitconfig"
    own.write_text("[commit]\n\tgpgsign = true\n[init]\n\tdefaultBranch = trunk\n[core]\n\thooksPath = /nowhere\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(own))
    (tmp_path / "demo").mkdir()
    assert len(make_repository(tmp_path / "demo")) == 40


def test_only_the_one_address_is_listened_on_and_only_for_the_block(tmp_path: Path, port: int) -> None:
    make_repository(tmp_path)
    with served_repositories(tmp_path / "served", "127.0.0.1", port=port):
        assert answers("127.0.0.1", port)
        assert not answers("127.0.0.2", port)
    # A process killed with the block may take a moment to go on a busy machine.
    wait_until(lambda: not answers("127.0.0.1", port))


def test_nothing_can_be_pushed(tmp_path: Path, port: int) -> None:
    make_repository(tmp_path)
    with served_repositories(tmp_path / "served", "127.0.0.1", port=port) as base:
        pushed = Command("git", cwd=tmp_path / "work").run(
            "push", f"{base}/{REPOSITORY}.git", "HEAD:refs/heads/other", check=False, timeout=30
        )
    assert pushed.returncode != 0
    assert "service not enabled" in pushed.stderr


def test_a_taken_port_is_one_sentence(tmp_path: Path, port: int) -> None:
    make_repository(tmp_path)
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        with (
            pytest.raises(SptFlowError, match=f"does not come up on 127.0.0.1:{port}: .*in use"),
            served_repositories(tmp_path / "served", "127.0.0.1", port=port),
        ):
            pytest.fail("the server cannot have come up")


def test_the_server_dies_with_a_killed_demo(tmp_path: Path, port: int) -> None:
    make_repository(tmp_path)
    program = (
        "import sys, time; from pathlib import Path; from lab.demo.git_daemon import served_repositories\n"
        "with served_repositories(Path(sys.argv[1]), '127.0.0.1', port=int(sys.argv[2])):\n"
        "    print('up', flush=True); time.sleep(60)\n"
    )
    runner = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path / "served"), str(port)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    with runner:
        assert runner.stdout is not None
        assert runner.stdout.readline() == b"up\n"
        runner.send_signal(signal.SIGKILL)
    wait_until(lambda: not answers("127.0.0.1", port))
