"""A repository of this machine, whoever owns it, as the lab's workspaces can clone it: read-only, for a while."""

__all__ = ["ServedRepository", "serve_repository"]

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import ports
from core.command import Command
from core.errors import SptFlowError, UsageError
from lab.cluster import lab_is_running
from lab.demo.git_daemon import served_repositories
from lab.demo.sample import make_sample
from lab.instance import LabInstance

_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
_NEXT: Final = "make serve REPO=path/to/a/repository"


@dataclass(frozen=True)
class ServedRepository:
    """The folder that is served, and the URL workspaces clone it from."""

    folder: Path
    url: str


@contextmanager
def serve_repository(
    instance: LabInstance, repository: Path | None, *, port: int = ports.GIT_SERVE
) -> Iterator[ServedRepository]:
    """Serve a repository, or a sample if none is named, on the lab's link to this machine while the block runs.

    What is committed meanwhile is there at once; nobody can push. Raises UsageError for a folder that is no git
    repository or has no commit, SptFlowError without a lab.
    """
    if repository is not None:
        _git_folder(repository)
    if not lab_is_running(instance):
        raise SptFlowError(
            f"No lab is running in {instance.directory}, so nobody could be served.", next_command="make up"
        )
    with tempfile.TemporaryDirectory(prefix="spt-serve-") as made:
        # The server changes to it whoever it runs as.
        place = Path(made)
        chosen = make_sample(place).resolve() if repository is None else repository.resolve()
        git_folder = _git_folder(chosen)
        served = place / "served"
        served.mkdir()
        name = chosen.name.removesuffix(".git")
        (served / f"{name}.git").symlink_to(git_folder)
        with served_repositories(served, str(instance.host_address), port=port, elsewhere=[git_folder]) as base:
            yield ServedRepository(chosen, f"{base}/{name}.git")


def _git_folder(repository: Path) -> Path:
    folder = repository.resolve()
    if not folder.is_dir():
        raise UsageError(f"The folder '{repository}' does not exist.", next_command=_NEXT)
    if not _NAME.fullmatch(folder.name):
        raise UsageError(
            f"'{folder.name}' cannot be the end of an address: letters, digits, '.', '_' and '-' can.",
            next_command=_NEXT,
        )
    # The repository's own settings are not this user's: they must not run anything, and somebody else may own it.
    trusted = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}
    git = Command("git", env=trusted, cwd=folder)
    asked = git.run("rev-parse", "--absolute-git-dir", "--verify", "--quiet", "HEAD", check=False)
    answers = asked.stdout.split("\n")
    if asked.returncode != 0 or len(answers) < 2:  # noqa: PLR2004 - a folder and a commit
        raise UsageError(f"'{repository}' is no git repository with a commit.", next_command=_NEXT)
    return Path(answers[0])
