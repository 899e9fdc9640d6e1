"""The demo without a lab: one sentence, and nothing is made."""

from pathlib import Path

import pytest

from core.command import Command
from core.errors import SptFlowError
from lab.demo import run_demo
from lab.demo.workspace import _LEFTOVER, new_name
from lab.instance import LabInstance
from lab.progress import SilentProgress
from lab.toolchain import Toolchain


def test_without_a_lab_it_says_what_to_do(tmp_path: Path) -> None:
    instance = LabInstance(name="none", directory=tmp_path / "lab", slot=63)
    with pytest.raises(SptFlowError) as refused:
        run_demo(instance, Toolchain(bin=tmp_path, images=tmp_path), SilentProgress())
    assert refused.value.message.startswith("No lab is running in ")
    assert refused.value.next_command == "make up"
    assert not instance.directory.exists()


def test_only_what_was_to_be_deleted_looks_like_a_leftover() -> None:
    assert _LEFTOVER.fullmatch(new_name(keep=False))
    assert not _LEFTOVER.fullmatch(new_name(keep=True))
    assert new_name(keep=False) != new_name(keep=False)
    assert not _LEFTOVER.fullmatch("demo-of-mine")


def test_the_target_is_there() -> None:
    shown = Command("make", cwd=Path(__file__).parents[4]).run("help").stdout
    assert "make demo" in shown
