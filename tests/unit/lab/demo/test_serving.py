"""`make serve`: a repository of this machine, live and read-only; without a lab, or a repository, one sentence."""

from ipaddress import IPv4Address
from pathlib import Path

import pytest

from core.command import Command
from core.errors import SptFlowError, UsageError
from lab.demo import serving
from lab.demo.repository import commit_files
from lab.demo.sample import SAMPLE
from lab.demo.serving import serve_repository
from lab.instance import LabInstance


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LabInstance:
    """Return a lab that seems to run, with its link on the loopback device."""
    monkeypatch.setattr(LabInstance, "host_address", property(lambda _: IPv4Address("127.0.0.1")))
    monkeypatch.setattr(serving, "lab_is_running", lambda _: True)
    return LabInstance(name="none", directory=tmp_path / "lab", slot=63)


def _clone(url: str, target: Path) -> Path:
    Command("git").run("clone", "--quiet", url, str(target))
    return target


def test_the_sample_passes_its_tests(instance: LabInstance, port: int, tmp_path: Path) -> None:
    with serve_repository(instance, None, port=port) as served:
        assert served.url == f"git://127.0.0.1:{port}/{SAMPLE}.git"
        clone = _clone(served.url, tmp_path / "clone")
    assert Command("make", cwd=clone).run("test").stdout == "2 tests passed.\n"


def test_what_is_committed_meanwhile_is_served_and_nothing_can_be_pushed(
    instance: LabInstance, port: int, tmp_path: Path
) -> None:
    work = tmp_path / "mine"
    work.mkdir()
    git = commit_files(tmp_path, work, [("One", {"a": "1"})])
    with serve_repository(instance, work, port=port) as served:
        assert served.url.endswith("/mine.git")
        clone = _clone(served.url, tmp_path / "clone")
        git.run("commit", "--quiet", "--allow-empty", "--message", "Two")
        newest = git.run("rev-parse", "HEAD").stdout
        Command("git", cwd=clone).run("pull", "--quiet")
        assert Command("git", cwd=clone).run("rev-parse", "HEAD").stdout == newest
        pushed = Command("git", cwd=clone).run("push", "origin", "HEAD:other", check=False)
        assert pushed.returncode != 0
    assert git.run("branch", "--list", "other").stdout == ""


@pytest.mark.parametrize("name", ["missing", "no-repository", "empty", "blank name"])
def test_what_is_no_repository_is_refused(instance: LabInstance, tmp_path: Path, name: str) -> None:
    if name != "missing":
        (tmp_path / name).mkdir()
    if name == "empty":
        Command("git", cwd=tmp_path / name).run("init", "--quiet")
    with pytest.raises(UsageError) as refused, serve_repository(instance, tmp_path / name):
        pass
    assert name in refused.value.message
    assert refused.value.next_command == "make serve REPO=path/to/a/repository"


def test_without_a_lab_it_says_what_to_do(tmp_path: Path) -> None:
    nowhere = LabInstance(name="none", directory=tmp_path / "lab", slot=63)
    with pytest.raises(SptFlowError, match="No lab is running") as refused, serve_repository(nowhere, None):
        pass
    assert refused.value.next_command == "make up"
