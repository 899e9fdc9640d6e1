"""A clone made again with a lent login: addresses come by stdin. The start script's words are those we look for."""

import io
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from core.command import Command, CommandResult
from sptcoder.api.models.workspace import Workspace
from sptcoder.cli.phases import Phases
from sptcoder.connection.ssh_words import sh_text
from sptcoder.repositories.address import parse_repository
from sptcoder.workspaces import lent_clone
from sptcoder.workspaces.lent_clone import _SCRIPT, require_clones
from sptcoder.workspaces.log_lines import clone_refusal, script_warning
from sptcoder.workspaces.start_failures import CloneRefusedError
from sptcoder.workspaces.up_request import UpAction, UpRequest, UpResult

if TYPE_CHECKING:
    from sptcoder.session import Session

STARTUP = Path(__file__).parents[4] / "templates" / "shared" / "workspace" / "scripts" / "startup"
QUIET = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_AUTHOR_NAME": "t",
    "GIT_AUTHOR_EMAIL": "t@example.com",
    "GIT_COMMITTER_NAME": "t",
    "GIT_COMMITTER_EMAIL": "t@example.com",
}


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    folder = tmp_path / "origin.git"
    git = Command("git", env=QUIET, cwd=tmp_path)
    git.run("init", "--quiet", "--initial-branch=main", str(folder))
    inside = Command("git", env=QUIET, cwd=folder)
    inside.run("commit", "--quiet", "--allow-empty", "--message", "one")
    inside.run("branch", "feature")
    return folder


def clone(home: Path, lines: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-c", _SCRIPT],
        input=lines,
        env={"HOME": str(home), "PATH": "/usr/bin:/bin", **QUIET},
        capture_output=True,
        text=True,
        check=False,
    )


def test_each_repository_is_cloned_to_its_folder_with_its_branch(origin: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    done = clone(home, f"{origin}\nfeature\n")
    assert done.returncode == 0, done.stderr
    assert (home / "origin" / ".git" / "HEAD").read_text().strip() == "ref: refs/heads/feature"


def test_what_is_there_is_left_alone(origin: Path, tmp_path: Path) -> None:
    mine = tmp_path / "home" / "origin" / "work"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    assert clone(tmp_path / "home", f"{origin}\n\n").returncode == 0
    assert [path.name for path in mine.parent.iterdir()] == ["work"]


@pytest.mark.parametrize("line", ["/nowhere/x.git\n\n", "--upload-pack=touch pwned\n\n", "$(touch pwned)\n`id`\n"])
def test_a_refusal_is_told_and_no_line_is_ever_run(tmp_path: Path, line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = clone(tmp_path, line)
    assert done.returncode == 1
    assert done.stderr
    assert not (tmp_path / "pwned").exists()


def _result(*warnings: str) -> UpResult:
    job = {"id": "j", "status": "succeeded"}
    build = {"id": "b", "transition": "start", "status": "running", "job": job}
    names = {"id": "w", "name": "repo", "owner_id": "o", "owner_name": "me", "template_id": "t", "template_name": "x"}
    return UpResult(Workspace.model_validate({**names, "latest_build": build}), UpAction.CREATED, warnings)


def test_a_refused_clone_is_an_error_with_the_way_out() -> None:
    refused = "https://github.com/my/private cannot be read. If it is private: link your account."
    require_clones(_result("no setup script"), link="sptcoder delete repo")
    with pytest.raises(CloneRefusedError, match="runs without its repository: https://github") as caught:
        require_clones(_result("no setup script", refused), link="sptcoder delete repo")
    assert caught.value.next_command == "sptcoder delete repo"


def test_the_start_script_says_what_is_looked_for(tmp_path: Path) -> None:
    script = "".join((STARTUP / name).read_text() for name in ("report.sh", "repositories.sh"))
    run = 'SPT_FLOW_REPOSITORIES="/nowhere/private.git"\nclone_repositories\n'
    environment = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "LC_ALL": "C"}
    said = subprocess.run(
        ["sh", "-c", script + run], env=environment, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    warnings = [warning for line in said if (warning := script_warning(line)) is not None]
    refused = clone_refusal(warnings)
    assert refused is not None
    assert refused.url == "/nowhere/private.git"


@dataclass
class _Tunnel:
    """Takes down what it is asked to run."""

    code: int = 0
    asked: list[tuple[str, str]] = field(default_factory=list)

    def run(self, command: str, *, stdin: str, timeout: float) -> CommandResult:
        assert timeout > 0
        self.asked.append((command, stdin))
        return CommandResult(self.code, "", "fatal: Authentication failed\n" if self.code else "")


@pytest.fixture
def tunnel(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Tunnel]:
    made = _Tunnel()
    lent: list[str] = []

    @contextmanager
    def lending(through: _Tunnel, _say: object) -> Iterator[None]:
        assert through is made
        lent.append("lent")
        yield
        lent.append("taken back")

    monkeypatch.setattr(lent_clone, "open_tunnel", lambda *_: made)
    monkeypatch.setattr(lent_clone, "lent_git_credentials", lending)
    yield made
    assert lent in ([], ["lent", "taken back"])


def _clone_again(*warnings: str) -> None:
    repositories = (parse_repository("my/private"), parse_repository("my/other"))
    request = UpRequest(repositories, ("private",), "spt-flow", branch="b; touch x", lend=True)
    phases = Phases(io.StringIO(), live=False)
    session = cast("Session", object())  # only handed on
    lent_clone.clone_with_lent_credentials(session, request, _result(*warnings), phases)


REFUSED = "https://github.com/my/private cannot be read. If it is private: link your account."


def test_addresses_and_branches_go_by_stdin_and_the_command_is_always_the_same(tunnel: _Tunnel) -> None:
    _clone_again(REFUSED)
    assert tunnel.asked == [
        (sh_text(_SCRIPT), "https://github.com/my/private\nb; touch x\nhttps://github.com/my/other\n\n")
    ]


def test_nothing_is_lent_if_the_start_script_has_cloned_everything(tunnel: _Tunnel) -> None:
    _clone_again("no setup script")
    assert not tunnel.asked


def test_a_login_that_is_refused_too_is_an_error_in_gits_words(tunnel: _Tunnel) -> None:
    tunnel.code = 1
    with pytest.raises(CloneRefusedError, match="fatal: Authentication failed") as caught:
        _clone_again(REFUSED)
    assert caught.value.next_command == "sptcoder ssh repo --lend-git-credentials, and git clone there"
