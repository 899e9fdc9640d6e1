"""What happens to the state: lost or wrong passphrase, a torn checkpoint, a full disk."""

import contextlib
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.deploy.paths import DeployPaths
from lab.deploy.state_file import newest_readable_backup, state_path
from tests.integration.deploy.small_stack import SmallStack

pytestmark = [pytest.mark.lab, pytest.mark.faults]


def fails(stack: SmallStack) -> str:
    with stack.start() as process:
        output, _ = process.communicate(timeout=120)
    assert process.returncode == 1, output
    assert "Traceback" not in output
    return " ".join(output.split())


def test_a_wrong_passphrase_is_named_and_nothing_is_lost(small_stack: SmallStack) -> None:
    small_stack.up()
    paths = DeployPaths(Path(small_stack.run.directory))
    right = paths.passphrase.read_text(encoding="utf-8")
    before = state_path(paths.state, "dev").read_bytes()
    paths.passphrase.write_text("not the passphrase", encoding="utf-8")
    said = fails(small_stack.at(1))
    assert "The passphrase does not open the state of stack 'dev'" in said
    assert "not the passphrase" not in said
    assert state_path(paths.state, "dev").read_bytes() == before
    paths.passphrase.unlink()
    assert "is missing; without it the state cannot be opened" in fails(small_stack.at(1))
    paths.passphrase.write_text(right, encoding="utf-8")
    small_stack.at(1).up()
    small_stack.at(1).assert_sound()


def test_a_torn_checkpoint_is_kept_and_its_backup_brings_everything_back(small_stack: SmallStack) -> None:
    small_stack.up()
    small_stack.at(1).up()
    paths = DeployPaths(Path(small_stack.run.directory))
    path = state_path(paths.state, "dev")
    torn = path.read_bytes()[: path.stat().st_size // 2]
    path.write_bytes(torn)
    said = fails(small_stack.at(1))
    backup = newest_readable_backup(paths.state, "dev")
    assert f"cp {backup} {path} && make up" in said
    assert path.read_bytes() == torn
    assert backup is not None
    shutil.copyfile(backup, path)
    small_stack.at(1).up()
    small_stack.at(1).assert_sound()


def fill(path: Path) -> None:
    """Write until the disk takes no more."""
    with path.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"\0" * 4096)
    assert shutil.disk_usage(path.parent).free < 4096


@pytest.fixture
def small_disk(small_stack: SmallStack) -> Iterator[Path]:
    """Put the stack's state on a disk of its own that a test can fill."""
    state = DeployPaths(Path(small_stack.run.directory)).state
    state.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "spt-flow-test", str(state)], check=True)
    try:
        yield state
    finally:
        subprocess.run(["umount", "--lazy", str(state)], check=True)


def test_a_full_disk_is_named_and_the_run_goes_on_once_there_is_room(small_stack: SmallStack, small_disk: Path) -> None:
    small_stack.up()
    filler = small_disk / "filler"
    fill(filler)
    said = fails(small_stack.at(1))
    assert "is full" in said or "no space left" in said.lower()
    filler.unlink()
    small_stack.at(1).up()
    small_stack.at(1).assert_sound()
