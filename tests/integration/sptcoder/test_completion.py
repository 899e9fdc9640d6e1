"""Completion in a real shell; bash is everywhere, the others are tried where they are."""

import shutil
import sys

import pytest

from core.command import Command
from sptcoder.api.models.workspace import Workspace
from sptcoder.completion.scripts import Shell, completion_script
from tests.support.cli_run import CliRun

_BASH = """
source <("$PYTHON" -m sptcoder completion bash)
sptcoder() { "$PYTHON" -m sptcoder "$@"; }
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_sptcoder sptcoder
printf '%s\\n' "${COMPREPLY[@]}"
"""


def _bash(cli: CliRun, *words: str) -> list[str]:
    environment = {**cli.variables(), "PYTHON": sys.executable}
    done = Command("bash", env=environment, cwd=cli.work).run("-c", _BASH, "bash", *words, timeout=60)
    assert done.stderr == ""
    return done.stdout.split()


def test_bash_completes_commands_options_and_workspaces(cli: CliRun, workspace: Workspace) -> None:
    assert _bash(cli, "sptcoder", "sna") == ["snapshot"]
    assert "--context" in _bash(cli, "sptcoder", "status", "--")
    assert workspace.name in _bash(cli, "sptcoder", "status", workspace.name[:3])


def test_completion_follows_the_users_shell(stranger: CliRun) -> None:
    assert stranger.run("completion", env={"SHELL": "/usr/bin/fish"}).stdout == completion_script(Shell.FISH)
    unknown = stranger.run("completion", env={"SHELL": "/bin/tcsh"}, check=False)
    assert unknown.returncode == 2
    assert "SHELL is 'tcsh', for which there is no script" in unknown.stderr


@pytest.mark.parametrize(
    ("shell", "check"),
    [(Shell.BASH, ("bash", "-n")), (Shell.ZSH, ("zsh", "-n")), (Shell.FISH, ("fish", "--no-execute"))],
    ids=str,
)
def test_each_shell_can_read_its_script(stranger: CliRun, shell: Shell, check: tuple[str, ...]) -> None:
    if shutil.which(check[0]) is None:
        pytest.skip(f"{check[0]} is not on this machine")
    script = stranger.folder / "script"
    script.parent.mkdir(parents=True)
    script.write_text(completion_script(shell))
    Command(check[0]).run(*check[1:], str(script), timeout=30)
