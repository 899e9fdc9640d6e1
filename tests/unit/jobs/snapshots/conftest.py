"""A repository of the real restic, on folders of the test's own that stand for volumes."""

import shutil
from pathlib import Path

import pytest

from jobs.snapshots.repository import Repository
from jobs.snapshots.worker import Worker
from tests.support.restic import find_restic

ENVIRONMENT = {"RESTIC_PASSWORD": "a password of these tests"}


@pytest.fixture(scope="session")
def restic(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Find restic, or skip."""
    found = find_restic(tmp_path_factory.mktemp("restic"))
    if found is None:
        pytest.skip(
            "no restic: neither on PATH nor in the lab's image of the platform's tools, which `make test` makes"
        )
    return str(found)


@pytest.fixture(scope="session")
def made(restic: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a repository without snapshots, to be copied: restic takes its time to make a key."""
    folder = tmp_path_factory.mktemp("made")
    with Repository(folder, ENVIRONMENT, program=restic).held(1):
        pass
    return folder


@pytest.fixture
def repository(restic: str, made: Path, tmp_path: Path) -> Repository:
    """Return a repository without snapshots, at `repository` in the test's folder."""
    shutil.copytree(made, tmp_path / "repository")
    return Repository(tmp_path / "repository", ENVIRONMENT, program=restic)


@pytest.fixture
def worker(repository: Repository, tmp_path: Path) -> Worker:
    """Return a worker beside an empty volume."""
    (tmp_path / "volume").mkdir()
    (tmp_path / "source").mkdir()
    return Worker(repository, volume=tmp_path / "volume", source=tmp_path / "source")
