"""File-level snapshots with the real restic: what is stored comes back, whatever it is and whoever was killed."""

import json
import os
import shutil
import signal
import socket
import subprocess
from contextlib import chdir
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.errors import UsageError
from jobs.snapshots.model import VolumeShape
from jobs.snapshots.repository import Repository, RepositoryError
from jobs.snapshots.tree import digest, read_tree
from jobs.snapshots.worker import Worker, read_order
from tests.unit.jobs.snapshots.conftest import ENVIRONMENT

_SHAPE = VolumeShape("1Gi", "local-path", labels={"com.coder.workspace.id": "x"})


def _take(worker: Worker, uid: str = "u1") -> None:
    worker.run({"do": "take", "claim": f"home-{uid}", "uid": uid, "shape": _SHAPE.encode()})


def _ids(worker: Worker) -> list[str]:
    """Return the ids of all snapshots, oldest first."""
    found = worker.run({"do": "list"})["snapshots"]
    return [each["id"] for each in sorted(found, key=lambda each: str(each["time"]))]


def _empty(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()


def test_a_destroyed_volume_comes_back_byte_for_byte(worker: Worker, tmp_path: Path) -> None:
    written = worker.run({"do": "fill", "seed": "a"})
    assert written["bytes"] > 8 << 20
    volume = tmp_path / "volume"
    if os.geteuid() == 0:
        assert {path.lstat().st_uid for path in volume.rglob("*")} == {0, 1000}
    _take(worker)
    (taken,) = _ids(worker)
    _empty(volume)
    assert worker.run({"do": "digest"})["digest"] != written["digest"]
    worker.run({"do": "restore", "id": taken})
    assert worker.run({"do": "digest"}) == written
    assert worker.run({"do": "check"}) == {}


def test_every_kind_of_change_changes_the_digest(tmp_path: Path) -> None:
    root = tmp_path / "tree"
    root.mkdir()
    (root / "file").write_bytes(b"one")
    (root / "link").symlink_to("file")
    seen = {digest(read_tree(root))}

    def differs() -> bool:
        before = len(seen)
        seen.add(digest(read_tree(root)))
        return len(seen) == before + 1

    (root / "file").write_bytes(b"two")
    assert differs()
    (root / "file").chmod(0o600)
    assert differs()
    (root / "link").unlink()
    (root / "link").symlink_to("elsewhere")
    assert differs()
    (root / "new").mkdir()
    assert differs()
    (root / "new").rename(root / "other")
    assert differs()
    # What a file system makes for itself is no content, and reading changes nothing.
    (root / "lost+found").mkdir()
    root.chmod(root.stat().st_mode)
    assert not differs()


def test_a_home_in_which_programs_listen_is_the_same_when_it_is_back(worker: Worker, tmp_path: Path) -> None:
    volume, source = tmp_path / "volume", tmp_path / "source"
    (volume / "file").write_text("x")
    os.mkfifo(volume / "pipe")
    with socket.socket(socket.AF_UNIX) as listening, chdir(volume):
        listening.bind("socket")  # a socket's own path may be no longer than 107 bytes
    _take(worker)
    (taken,) = _ids(worker)
    volume.rename(source)
    volume.mkdir()
    worker.run({"do": "restore", "id": taken})
    later = datetime.now(UTC).timestamp() + 60
    assert worker.run({"do": "compare", "before": later}) == {"compared": 2, "differing": 0}
    (volume / "pipe").unlink()
    assert worker.run({"do": "compare", "before": later})["differing"] == 1


def test_snapshots_are_listed_with_what_their_claim_was_like(worker: Worker, tmp_path: Path) -> None:
    assert worker.run({"do": "list"}) == {"snapshots": []}
    (tmp_path / "volume" / "file").write_text("x")
    _take(worker)
    _take(worker, "u2")
    first, second = _ids(worker)
    found = {each["tags"]["uid"]: each for each in worker.run({"do": "list"})["snapshots"]}
    assert (found["u1"]["id"], found["u2"]["id"]) == (first, second)
    assert VolumeShape.decode(found["u1"]["tags"]["shape"]) == _SHAPE
    assert found["u1"]["is_complete"]
    assert abs(datetime.fromisoformat(found["u1"]["time"]) - datetime.now(UTC)) < timedelta(minutes=5)
    moment = datetime(2026, 11, 22, 2, 17, tzinfo=UTC)
    worker.run({"do": "mark-gone", "ids": [first], "moment": moment.isoformat()})
    marks = {each["tags"]["uid"]: each["gone_since"] for each in worker.run({"do": "list"})["snapshots"]}
    assert marks == {"u1": moment.isoformat(), "u2": None}


def test_what_goes_leaves_the_others_whole_and_frees_its_space(worker: Worker, tmp_path: Path) -> None:
    volume, repository = tmp_path / "volume", tmp_path / "repository"
    worker.run({"do": "fill", "seed": "a"})
    _take(worker)
    _empty(volume)
    kept = worker.run({"do": "fill", "seed": "b"})
    _take(worker)
    old, new = _ids(worker)
    before = sum(path.stat().st_size for path in repository.rglob("*") if path.is_file())
    worker.run({"do": "remove", "ids": [old]})
    worker.run({"do": "remove", "ids": [old]})
    after = sum(path.stat().st_size for path in repository.rglob("*") if path.is_file())
    assert before - after > 8 << 20
    _empty(volume)
    worker.run({"do": "restore", "id": new})
    assert worker.run({"do": "digest"}) == kept


def test_nothing_is_written_over_and_a_missing_snapshot_is_said(worker: Worker, tmp_path: Path) -> None:
    worker.run({"do": "fill", "seed": "a"})
    _take(worker)
    (taken,) = _ids(worker)
    with pytest.raises(RepositoryError, match="is not empty: it has 'empty'"):
        worker.run({"do": "restore", "id": taken})
    _empty(tmp_path / "volume")
    with pytest.raises(RepositoryError, match="could not restore the files"):
        worker.run({"do": "restore", "id": "0123456789"})


def test_a_damaged_repository_is_noticed_by_check_and_by_restore(worker: Worker, tmp_path: Path) -> None:
    worker.run({"do": "fill", "seed": "a"})
    _take(worker)
    (taken,) = _ids(worker)
    packs = sorted((tmp_path / "repository" / "restic" / "data").rglob("*"), key=lambda each: each.stat().st_size)
    largest = packs[-1]
    largest.chmod(0o600)
    content = bytearray(largest.read_bytes())
    content[len(content) // 2] ^= 1
    largest.write_bytes(content)
    _empty(tmp_path / "volume")
    with pytest.raises(RepositoryError, match="could not restore the files"):
        worker.run({"do": "restore", "id": taken})
    largest.unlink()
    with pytest.raises(RepositoryError, match="could not find the repository in order"):
        worker.run({"do": "check"})


def test_another_password_opens_nothing(worker: Worker, restic: str, tmp_path: Path) -> None:
    worker.run({"do": "list"})
    stranger = Repository(tmp_path / "repository", {"RESTIC_PASSWORD": "another"}, program=restic)
    with pytest.raises(RepositoryError, match="wrong password"):
        Worker(stranger).run({"do": "list"})


def test_whoever_was_killed_leaves_a_repository_that_goes_on(worker: Worker, restic: str, tmp_path: Path) -> None:
    """The lock of a dead process is dropped, an unfinished making is made anew, and old snapshots are there."""
    volume = tmp_path / "volume"
    kept = worker.run({"do": "fill", "seed": "a"})
    _take(worker)
    (taken,) = _ids(worker)
    environment = {
        **os.environ,
        **ENVIRONMENT,
        "RESTIC_REPOSITORY": str(tmp_path / "repository" / "restic"),
    }
    process = subprocess.Popen(
        [restic, "backup", "--stdin"], env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    )
    assert process.stdin is not None
    process.stdin.write(os.urandom(1 << 20))
    process.stdin.flush()
    locks = tmp_path / "repository" / "restic" / "locks"
    for _ in range(200):
        if any(locks.iterdir()):
            break
        signal.sigtimedwait([], 0.05)
    process.kill()
    process.wait()
    assert any(locks.iterdir())
    _empty(volume)
    worker.run({"do": "restore", "id": taken})
    assert worker.run({"do": "digest"}) == kept
    assert worker.run({"do": "remove", "ids": []}) == {}
    assert worker.run({"do": "check"}) == {}


def test_a_making_that_was_killed_is_begun_anew(restic: str, tmp_path: Path) -> None:
    (tmp_path / ".restic.new" / "keys").mkdir(parents=True)
    (tmp_path / ".restic.new" / "keys" / "half").write_text("{")
    fresh = Repository(tmp_path, ENVIRONMENT, program=restic)
    assert Worker(fresh).run({"do": "list"}) == {"snapshots": []}
    (tmp_path / "restic" / "config").unlink()
    with pytest.raises(RepositoryError, match="is there, and no repository"):
        Worker(fresh).run({"do": "list"})


def test_two_never_work_on_it_at_once(repository: Repository, restic: str, tmp_path: Path) -> None:
    other = Repository(tmp_path / "repository", ENVIRONMENT, program=restic)
    with (
        repository.held(1),
        pytest.raises(RepositoryError, match=r"held the repository for 0\.3 seconds"),
        other.held(0.3),
    ):
        pass
    with other.held(0.3):
        pass


def test_the_copy_is_compared_with_what_did_not_change_since(worker: Worker, tmp_path: Path) -> None:
    volume, source = tmp_path / "volume", tmp_path / "source"
    for folder in (volume, source):
        (folder / "same").write_text("x")
    later = (datetime.now(UTC) + timedelta(seconds=1)).timestamp()
    order = {"do": "compare", "before": later}
    assert worker.run(order) == {"compared": 1, "differing": 0}
    (source / "gone from the copy").write_text("y")
    assert worker.run(order) == {"compared": 2, "differing": 1}
    # What is newer than the snapshot cannot be in it, and what was deleted since may be.
    assert worker.run({"do": "compare", "before": later - 3600}) == {"compared": 0, "differing": 0}
    (volume / "deleted since").write_text("z")
    (source / "gone from the copy").unlink()
    assert worker.run(order) == {"compared": 1, "differing": 0}
    (volume / "same").write_text("other")
    assert worker.run(order) == {"compared": 1, "differing": 1}


@pytest.mark.parametrize("text", ["", "[]", "nonsense"])
def test_an_order_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="holds no JSON object"):
        read_order(text)


def test_an_unknown_task_and_a_missing_repository_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no task that is known"):
        Worker(None, volume=tmp_path).run({"do": "dance"})
    with pytest.raises(UsageError, match="has no repository"):
        Worker(None, volume=tmp_path).run({"do": "list"})


def test_a_file_that_cannot_be_read_makes_a_failed_snapshot_and_is_counted(
    restic: str, made: Path, tmp_path: Path
) -> None:
    """As in a pod whose root lacks the right to read others' files."""
    if os.geteuid() != 0:
        pytest.skip("needs root, to take a right from it")
    weak = tmp_path / "weak-restic"
    rights = "-dac_override,-dac_read_search"
    weak.write_text(f"#!/bin/sh\nexec setpriv --bounding-set={rights} --inh-caps={rights} '{restic}' \"$@\"\n")
    weak.chmod(0o755)
    volume = tmp_path / "volume"
    volume.mkdir()
    shutil.copytree(made, tmp_path / "repository")
    (volume / "mine").write_text("x")
    (volume / "private").write_text("y")
    (volume / "private").chmod(0o400)
    os.chown(volume / "private", 1000, 1000)
    worker = Worker(Repository(tmp_path / "repository", ENVIRONMENT, program=str(weak)), volume=volume)
    with pytest.raises(RepositoryError, match="1 files of the volume could not be read"):
        _take(worker)
    assert [each["is_complete"] for each in worker.run({"do": "list"})["snapshots"]] == [False]


@pytest.mark.parametrize(
    ("error", "is_complete"),
    [
        ({"Op": "lstat", "Path": "/volume/x", "Err": 2}, True),
        ({"message": "lstat /volume/x: no such file or directory"}, True),
        ({"Op": "open", "Path": "/volume/x", "Err": 13}, False),
    ],
)
def test_a_file_that_vanishes_meanwhile_is_no_failure(
    restic: str, made: Path, tmp_path: Path, *, error: object, is_complete: bool
) -> None:
    """It ends with 3 for both, and says the difference on its standard error."""
    (tmp_path / "volume").mkdir()
    shutil.copytree(made, tmp_path / "repository")
    said = json.dumps({"message_type": "error", "error": error, "during": "archival", "item": "/volume/x"})
    played = tmp_path / "restic"
    played.write_text(
        f"#!/bin/sh\n'{restic}' \"$@\" || exit $?\ncase \"$*\" in *backup*) echo '{said}' >&2; exit 3;; esac\n"
    )
    played.chmod(0o755)
    worker = Worker(Repository(tmp_path / "repository", ENVIRONMENT, program=str(played)), volume=tmp_path / "volume")
    if is_complete:
        _take(worker)
    else:
        with pytest.raises(RepositoryError, match="the snapshot is incomplete"):
            _take(worker)
    assert [each["is_complete"] for each in worker.run({"do": "list"})["snapshots"]] == [is_complete]
