"""A checkpoint that cannot be read, and locks of engines that are gone."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import SptFlowError
from lab.deploy.state_file import (
    check_state,
    has_pending_operations,
    newest_readable_backup,
    release_engines,
    state_path,
)
from lab.deploy.state_recovery import recover_checkpoint, sweep_unfinished

GOOD = json.dumps({"version": 3, "checkpoint": {}})


def put(path: Path, text: str, *, age: float = 0.0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    stamp = path.stat().st_mtime - age
    os.utime(path, (stamp, stamp))
    return path


def lock(backend: Path, name: str, content: str) -> Path:
    return put(backend / ".pulumi" / "locks" / "organization" / "spt-flow" / "dev" / name, content)


def test_no_state_and_a_good_state_are_both_fine(tmp_path: Path) -> None:
    check_state(tmp_path, "dev")
    put(state_path(tmp_path, "dev"), GOOD)
    check_state(tmp_path, "dev")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 3}', "\x00\x00"])
def test_a_corrupt_state_is_kept_and_the_newest_good_backup_named(tmp_path: Path, text: str) -> None:
    state = put(state_path(tmp_path, "dev"), text)
    folder = tmp_path / ".pulumi" / "backups" / "spt-flow" / "dev"
    put(folder / "dev.1.json", GOOD, age=20)
    good = put(folder / "dev.2.json", GOOD, age=10)
    put(folder / "dev.3.json", "{torn", age=5)
    put(folder / "dev.3.json.attrs", "{}", age=1)
    with pytest.raises(SptFlowError) as caught:
        check_state(tmp_path, "dev")
    assert str(good) in caught.value.message
    assert caught.value.next_command == f"cp {good} {state} && make up"
    assert state.read_text(encoding="utf-8") == text


def test_without_a_backup_the_error_says_so(tmp_path: Path) -> None:
    put(state_path(tmp_path, "dev"), "{")
    assert newest_readable_backup(tmp_path, "dev") is None
    with pytest.raises(SptFlowError, match="there is no backup that can be read"):
        check_state(tmp_path, "dev")


def test_a_lock_of_a_dead_process_is_stale(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        gone.wait()
    lock(tmp_path, "a.json", json.dumps({"pid": gone.pid, "hostname": socket.gethostname()}))
    assert release_engines(tmp_path, "dev", patience=0)


def test_a_lock_whose_process_id_is_somebody_elses_now_is_stale(tmp_path: Path) -> None:
    lock(tmp_path, "a.json", json.dumps({"pid": os.getpid(), "hostname": socket.gethostname()}))
    assert release_engines(tmp_path, "dev", patience=0)


def test_a_torn_lock_file_is_stale(tmp_path: Path) -> None:
    lock(tmp_path, "a.json", '{"pid"')
    assert release_engines(tmp_path, "dev", patience=0)


def test_a_lock_of_another_machine_is_respected(tmp_path: Path) -> None:
    lock(tmp_path, "a.json", json.dumps({"pid": 7, "hostname": "elsewhere"}))
    with pytest.raises(SptFlowError, match="still running \\(process 7\\)"):
        release_engines(tmp_path, "dev", patience=0)


def test_no_lock_needs_no_unlocking(tmp_path: Path) -> None:
    assert not release_engines(tmp_path, "dev", patience=0)


def test_what_was_never_finished_is_swept_away(tmp_path: Path) -> None:
    good = lock(tmp_path, "good.json", '{"pid": 1}')
    torn = lock(tmp_path, "torn.json", "")
    unfinished = lock(tmp_path, "new.json.18ea.tmp", "")
    attributes = put(tmp_path / ".pulumi" / "stacks" / "spt-flow" / "dev.json.attrs", "")
    sweep_unfinished(tmp_path)
    assert not attributes.exists()
    assert good.exists()
    assert not torn.exists()
    assert not unfinished.exists()


@pytest.mark.parametrize("torn", [None, "", '{"version": 3, "check'])
def test_what_a_dead_engine_left_of_a_checkpoint_is_replaced_by_its_backup(tmp_path: Path, torn: str | None) -> None:
    path = state_path(tmp_path, "dev")
    backup = put(path.with_name("dev.json.bak"), GOOD)
    if torn is not None:
        put(path, torn)
    assert recover_checkpoint(tmp_path, "dev") == backup
    assert path.read_text(encoding="utf-8") == GOOD
    kept = [found.read_text(encoding="utf-8") for found in path.parent.glob("*.torn-*")]
    assert kept == ([] if torn is None else [torn])


def test_a_stack_that_never_was_has_nothing_to_recover(tmp_path: Path) -> None:
    assert recover_checkpoint(tmp_path, "dev") is None
    assert not state_path(tmp_path, "dev").exists()


def test_a_good_checkpoint_is_left_alone(tmp_path: Path) -> None:
    path = put(state_path(tmp_path, "dev"), GOOD)
    put(path.with_name("dev.json.bak"), '{"version": 3, "checkpoint": {"older": true}}')
    assert recover_checkpoint(tmp_path, "dev") is None
    assert path.read_text(encoding="utf-8") == GOOD


@pytest.mark.parametrize(
    ("text", "pending"),
    [
        ("{torn", False),
        (GOOD, False),
        (json.dumps({"version": 3, "checkpoint": {"latest": None}}), False),
        (json.dumps({"version": 3, "checkpoint": {"latest": {"resources": []}}}), False),
        (json.dumps({"version": 3, "checkpoint": {"latest": {"pending_operations": []}}}), False),
        (json.dumps({"version": 3, "checkpoint": {"latest": {"pending_operations": [{"type": "updating"}]}}}), True),
    ],
)
def test_operations_of_unknown_outcome_are_noticed(tmp_path: Path, text: str, *, pending: bool) -> None:
    assert not has_pending_operations(tmp_path, "dev")
    put(state_path(tmp_path, "dev"), text)
    assert has_pending_operations(tmp_path, "dev") is pending
