"""`sptcoder ssh` and `ssh-config` on a real workspace: Story 2.3 and the part of 4.2 that is the command line's."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from core.command import Command
from lab.demo.repository import GREETING, REPOSITORY
from sptcoder.api.models.workspace import Workspace
from tests.support.cli_run import CliRun
from tests.support.coder_site import ssh_agent
from tests.support.free_ports import free_port

pytestmark = pytest.mark.lab

CANARY = "canary-password-2342"
GIT_HOST = "git.example.com"


def test_000_s2_3_1_a_shell_on_a_terminal_is_that_of_the_user_coder(cli: CliRun, workspace: Workspace) -> None:
    with cli.terminal("ssh", workspace.name) as child:
        child.sendline("echo user=$(id -un) home=$PWD; stty size; exit 4")
        child.expect("user=coder home=/home/coder")
        child.expect("40 120")
        child.expect_exact("\r\n")
        child.wait()
    assert child.exitstatus == 4


def test_001_107_a_command_has_its_own_exit_code_streams_and_folder(cli: CliRun, workspace: Workspace) -> None:
    script = 'pwd; ./hello.sh; cat; echo "to stderr" >&2; exit 7'
    done = cli.run("ssh", workspace.name, "--", script, stdin="from stdin\n", check=False)
    assert done.returncode == 7
    lines = done.stdout.splitlines()
    assert (lines[0], lines[1], lines[-1]) == (f"/home/coder/{REPOSITORY}", GREETING, "from stdin")
    assert done.stderr.splitlines()[-1] == "to stderr"


def test_words_arrive_as_they_are_and_bytes_unchanged(cli: CliRun, workspace: Workspace) -> None:
    words = ["a  b", "$HOME", "it's", "*", ""]
    data = bytes(range(256)) * 500
    command = ["sh", "-c", 'printf "%s|" "$@"; cat', "sh", *words]
    argv = [sys.executable, "-m", "sptcoder", "ssh", workspace.name, "--", *command]
    done = subprocess.run(argv, input=data, env=cli.variables(), capture_output=True, timeout=60, check=True)
    assert done.stdout == b"a  b|$HOME|it's|*||" + data


def test_000_s2_3_2_and_4_2_1_the_local_agent_is_forwarded_and_no_key_is_on_the_disk(
    cli: CliRun, workspace: Workspace
) -> None:
    look = "ssh-add -l; ls -A ~/.ssh 2>/dev/null | grep '^id_' || echo no keys here"
    with ssh_agent() as (socket, fingerprint):
        environment = {"SSH_AUTH_SOCK": socket}
        seen = cli.run("ssh", workspace.name, "--", look, env=environment).stdout
        assert fingerprint in seen
        assert "no keys here" in seen
        others = cli.run("ssh", f"{workspace.owner_name}/{workspace.name}", "--", f"{look} 2>&1", env=environment)
        assert fingerprint not in others.stdout, "named as somebody else's, it is asked for"


def test_an_agent_that_was_asked_for_and_is_missing_is_said(cli: CliRun, workspace: Workspace) -> None:
    done = cli.run("ssh", workspace.name, "--forward-agent", "--", "true", check=False)
    assert done.returncode == 1
    assert done.stderr == (
        "Error: No SSH agent can be forwarded: SSH_AUTH_SOCK is not set: no agent runs.\n"
        'Next:  eval "$(ssh-agent)" && ssh-add\n'
    )


@pytest.fixture
def gpg_home() -> Iterator[dict[str, str]]:
    """Make a throw-away GPG key; the folder's path is short, since sockets are made in it."""
    with tempfile.TemporaryDirectory(prefix="spt-gpg-") as folder:
        environment = {"GNUPGHOME": folder}
        who = "Throw Away <throw-away@example.com>"
        gpg = Command("gpg", env=environment)
        gpg.run("--batch", "--quiet", "--passphrase", "", "--quick-generate-key", who, "ed25519", "sign", "never")
        yield environment
        Command("gpgconf", env=environment).run("--kill", "gpg-agent", check=False)


def test_001_76_a_local_gpg_key_signs_and_stays_here(
    cli: CliRun, workspace: Workspace, gpg_home: dict[str, str]
) -> None:
    script = "gpgconf --list-dirs agent-socket >/dev/null || exit 3; echo text | gpg --batch --clearsign"
    try:
        done = cli.run("ssh", workspace.name, "--forward-gpg", "--", script, env=gpg_home, check=False)
        if "it has no gpg" in done.stderr:
            pytest.skip("the workspace image of this lab has no gpg")
        assert done.returncode == 0, done.stderr
        verified = Command("gpg", env=gpg_home).run("--batch", "--verify", stdin=done.stdout)
        assert 'Good signature from "Throw Away' in verified.stderr
    finally:
        remove = "ls -A ~/.gnupg/private-keys-v1.d 2>/dev/null; gpgconf --kill gpg-agent; rm -rf ~/.gnupg"
        kept = cli.run("ssh", workspace.name, "--", remove, check=False)
    assert kept.stdout == "", "no private key was there"


def test_000_fr16_git_credentials_are_lent_in_memory_and_gone_afterwards(cli: CliRun, workspace: Workspace) -> None:
    Path(cli.variables()["HOME"], ".gitconfig").write_text(
        f'[credential "https://{GIT_HOST}"]\n'
        f'\thelper = "!f() {{ test \\"$1\\" = get && echo username=me && echo password={CANARY}; }}; f"\n'
    )
    ask = f"printf 'protocol=https\\nhost={GIT_HOST}\\n\\n' | GIT_ASKPASS= GIT_TERMINAL_PROMPT=0 git credential fill"
    look = f"{ask}; cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | grep -c '[c]{CANARY[1:]}'"
    disk = f"grep -rsl '[c]{CANARY[1:]}' ~ /tmp /var/tmp /run/spt-flow || echo on no disk"
    lent = cli.run("ssh", workspace.name, "--lend-for", GIT_HOST, "--", f"{look}; {disk}")
    assert lent.stdout.splitlines() == [
        "protocol=https",
        f"host={GIT_HOST}",
        "username=me",
        f"password={CANARY}",
        "0",
        "on no disk",
    ]
    assert lent.stderr == f"Git credentials for {GIT_HOST} (from git) are lent until this ends.\n"
    after = cli.run("ssh", workspace.name, "--", f"{ask} 2>&1", check=False)
    assert CANARY not in after.stdout
    assert after.returncode != 0


def test_plain_ssh_reaches_workspaces_after_ssh_config(cli: CliRun, workspace: Workspace, tmp_path: Path) -> None:
    config = tmp_path / "dot ssh" / "config"
    said = cli.run("ssh-config", "--file", str(config))
    assert said.stdout == f"{config.parent}/spt-flow/spt-flow.conf\n"
    token = cli.environment.get("CODER_SESSION_TOKEN", "no token")
    assert not [path for path in config.parent.rglob("*") if path.is_file() and token in path.read_text()]
    environment = cli.variables()
    ssh = ["ssh", "-F", str(config), f"{workspace.name}.spt-flow", "id -un; exit 9"]
    done = subprocess.run(ssh, env=environment, cwd=cli.work, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (9, "coder\n"), done.stderr
    assert cli.run("ssh-config", "--file", str(config), "--remove").returncode == 0
    assert config.read_text() == ""


def test_the_program_is_that_of_the_server_and_kept(cli: CliRun, workspace: Workspace) -> None:
    first = cli.run("ssh", workspace.name, "--", "true")
    if first.stderr:
        assert first.stderr.startswith("Fetching the coder program")
        assert cli.run("ssh", workspace.name, "--", "true").stderr == "", "nothing is fetched twice"
    cache = Path(cli.variables()["XDG_CACHE_HOME"])
    kept = [path for path in cache.rglob("coder-*") if path.is_file()]
    assert len(kept) == 1
    assert os.access(kept[0], os.X_OK)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("ssh", "no-such"), 1, "You have no workspace 'no-such'"),
        (("ssh", "$(id)"), 2, "'$(id)' is no name of a workspace"),
        (("ssh", "-C", "folder", "any"), 2, "--directory is for a command, and there is none"),
        (("port-forward", "any", "0"), 2, "'0' is no port to forward"),
        (("port-forward", "any"), 2, "No port is named"),
        (("snapshot", "no-such"), 1, "You have no workspace 'no-such'"),
    ],
    ids=["unknown", "no name", "folder without command", "no port number", "no port", "unknown to snapshot"],
)
def test_a_misuse_is_one_sentence(cli: CliRun, words: tuple[str, ...], code: int, said: str) -> None:
    done = cli.run(*words, check=False)
    assert done.returncode == code
    assert done.stdout == ""
    assert said in done.stderr
    assert [line.split(":")[0] for line in done.stderr.splitlines()] == ["Error", "Next"]


SERVER = (
    "use IO::Socket; my $s = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 18765, Listen => 1,"
    " ReuseAddr => 1) or die; my $c = $s->accept; print $c 'hello through the tunnel'; close $c;"
)


def test_a_port_of_the_workspace_is_reached_from_here(cli: CliRun, workspace: Workspace) -> None:
    local = free_port()
    with (
        cli.started("ssh", workspace.name, "--", "perl", "-e", SERVER),
        cli.started("port-forward", workspace.name, f"{local}:18765"),
    ):
        answer, end = b"", time.monotonic() + 60
        while not answer and time.monotonic() < end:
            try:
                with socket.create_connection(("127.0.0.1", local), timeout=5) as connection:
                    answer = connection.recv(100)
            except OSError:
                time.sleep(0.3)
    assert answer == b"hello through the tunnel"


def test_a_connection_that_breaks_ends_the_command_and_says_so(cli: CliRun, workspace: Workspace) -> None:
    with cli.started("ssh", workspace.name, "--", "echo begun; sleep 100") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        tunnels = [child for child in psutil.Process(process.pid).children(recursive=True) if "coder-" in child.name()]
        assert len(tunnels) == 1
        tunnels[0].kill()
        _, said = process.communicate(timeout=60)
    assert process.returncode == 255
    expected = f"If this was not the command's own exit code, the connection failed: sptcoder status {workspace.name}"
    assert said.splitlines()[-1] == expected
