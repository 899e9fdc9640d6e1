"""Repositories of a test's own, served to the lab: the demo's, under several owners and one name nobody else has."""

__all__ = ["ServedCopies", "served_copies"]

import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lab.demo.git_daemon import served_repositories
from lab.demo.repository import REPOSITORY, make_repository


@dataclass(frozen=True)
class ServedCopies:
    """Where the repositories are: `<base>/<owner>/<name>.git` for each owner."""

    base: str
    name: str

    def url(self, owner: str) -> str:
        """Return the address of one owner's."""
        return f"{self.base}/{owner}/{self.name}.git"


@contextmanager
def served_copies(folder: Path, address: str, *, port: int, owners: Sequence[str]) -> Iterator[ServedCopies]:
    """Serve a copy of the demo's repository for each owner, under a name made up for this block."""
    name = f"up-{secrets.token_hex(3)}"
    make_repository(folder)
    for owner in owners:
        shutil.copytree(folder / "served" / f"{REPOSITORY}.git", folder / "served" / owner / f"{name}.git")
    with served_repositories(folder / "served", address, port=port) as base:
        yield ServedCopies(base, name)
