"""What OpenSSH's configuration is told, and how it is left when that is taken away."""

import shlex
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.command import Command
from core.errors import SptFlowError, UsageError
from sptcoder.connection.own_program import own_words
from sptcoder.connection.ssh_file import SshFiles, host_section, workspace_of_host
from tests.support.posix import posix_only

pytestmark = posix_only

EXPECTED = """\
# Written by sptcoder ssh-config; 'sptcoder ssh-config --remove' takes it away.
# Somebody else's workspace does not get to use your keys.
Host *--*.work
    ForwardAgent no
Host *.work
    ProxyCommand '/opt/my tools/sptcoder' ssh --stdio --context work -- '%h'
    User coder
    StrictHostKeyChecking no
    UserKnownHostsFile /dev/null
    GlobalKnownHostsFile /dev/null
    PreferredAuthentications none
    LogLevel ERROR
    ServerAliveInterval 30
    ForwardAgent yes
"""


def test_hosts_of_a_context_are_reached_through_this_program() -> None:
    assert host_section(["/opt/my tools/sptcoder"], "work", context="work") == EXPECTED


def test_on_windows_words_are_quoted_for_its_shell() -> None:
    section = host_section([r"C:\My Tools\sptcoder.exe"], "spt-flow", windows=True)
    assert r'ProxyCommand "C:\My Tools\sptcoder.exe" "ssh" "--stdio" -- "%h"' in section


@pytest.mark.parametrize("suffix", ["", "a b", "a\nProxyCommand x", "-a", "A", "*", ".a", "a."])
def test_a_suffix_that_openssh_could_misread_is_refused(suffix: str) -> None:
    with pytest.raises(UsageError, match="is no suffix for hosts"):
        host_section(["sptcoder"], suffix)


@settings(deadline=None)
@given(st.text())
def test_no_context_gets_out_of_its_place(context: str) -> None:
    try:
        section = host_section(["sptcoder"], "spt-flow", context=context)
    except UsageError:
        return
    assert len(section.splitlines()) == len(EXPECTED.splitlines())
    command = next(line for line in section.splitlines() if "ProxyCommand" in line).partition("ProxyCommand ")[2]
    expected = ["--context", context] if context else []
    assert shlex.split(command) == ["sptcoder", "ssh", "--stdio", *expected, "--", "%h"]


@pytest.mark.parametrize(
    ("host", "name"), [("repo.spt-flow", "repo"), ("me--my-repo.spt-flow", "me/my-repo"), ("my-repo", "my-repo")]
)
def test_a_host_names_a_workspace(host: str, name: str) -> None:
    assert workspace_of_host(host) == name


@pytest.mark.parametrize("before", ["", "Host x\n  User y\n", "# remark without an end", "Host a\r\n  User b\r\n"])
def test_taking_away_leaves_what_was_there(tmp_path: Path, before: str) -> None:
    files = SshFiles(tmp_path / "config", relative=False)
    files.main.write_text(before, newline="")
    assert files.add("spt-flow", EXPECTED)
    assert not files.add("spt-flow", EXPECTED), "the line is there already"
    assert not files.add("work", EXPECTED)
    text = files.main.read_bytes().decode()
    assert text.startswith("# Workspaces, by sptcoder ssh-config")
    assert text.count("Include ") == 1
    assert files.remove("work")
    assert files.main.read_bytes().decode() == text, "another suffix needs the line"
    assert files.remove("spt-flow")
    assert files.main.read_bytes().decode() == before
    assert not files.remove("spt-flow")
    assert [path.name for path in tmp_path.iterdir()] == ["config"]


def test_a_link_stays_a_link_and_modes_stay(tmp_path: Path) -> None:
    real = tmp_path / "dotfiles" / "ssh_config"
    real.parent.mkdir()
    real.write_text("Host x\n")
    real.chmod(0o640)
    (tmp_path / "config").symlink_to(real)
    files = SshFiles(tmp_path / "config")
    files.add("spt-flow", EXPECTED)
    assert (tmp_path / "config").is_symlink()
    assert "Include spt-flow/*.conf" in real.read_text()
    assert real.stat().st_mode & 0o777 == 0o640
    assert files.own("spt-flow").stat().st_mode & 0o777 == 0o600


def test_a_new_configuration_is_the_users_alone(tmp_path: Path) -> None:
    files = SshFiles(tmp_path / "home" / ".ssh" / "config")
    files.add("spt-flow", EXPECTED)
    assert files.main.stat().st_mode & 0o777 == 0o600
    assert files.main.parent.stat().st_mode & 0o777 == 0o700


def test_a_configuration_that_cannot_be_written_says_what_to_write(tmp_path: Path) -> None:
    main = tmp_path / "config"
    main.mkdir()
    with pytest.raises(SptFlowError, match="config cannot be read"):
        SshFiles(main).add("spt-flow", EXPECTED)


def test_openssh_reads_it(tmp_path: Path) -> None:
    files = SshFiles(tmp_path / "a folder" / "config", relative=False)
    files.add("work", EXPECTED)
    said = Command("ssh").run("-F", str(files.main), "-G", "repo.work").stdout.splitlines()
    assert "proxycommand '/opt/my tools/sptcoder' ssh --stdio --context work -- '%h'" in said
    assert "forwardagent yes" in said
    other = Command("ssh").run("-F", str(files.main), "-G", "ada--repo.work").stdout.splitlines()
    assert "forwardagent no" in other


def test_this_program_is_started_as_the_user_started_it(tmp_path: Path) -> None:
    program = tmp_path / "sptcoder"
    program.write_text("")
    assert own_words(str(program)) == [str(program)]
    assert own_words("/somewhere/pytest")[-1].endswith("sptcoder")
