"""`python -m lab image-test` without a lab, and misused."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.command import Command

ROOT = Path(__file__).parents[4]


def _image_test(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    own = {**os.environ, "NO_COLOR": "1", "SPT_FLOW_LAB_NAME": "none", "SPT_FLOW_LAB_SLOT": "63"}
    return subprocess.run(
        [sys.executable, "-m", "lab", "image-test", *words],
        cwd=ROOT, env={**own, "SPT_FLOW_LAB_DIR": str(folder / "lab")},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_without_a_lab_it_says_what_to_do(tmp_path: Path) -> None:
    done = _image_test(tmp_path)
    assert done.returncode == 1
    assert "No lab is running in " in done.stderr
    assert "make up" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--only", "pod,moon"], "--only names 'moon': the places are pod, kvm, workspace."),
        (["--image", "A B"], "--image is 'A B', which is no image reference"),
        (["--odd"], "No such option"),
    ],
)
def test_misuse_ends_it_with_2(tmp_path: Path, words: list[str], said: str) -> None:
    done = _image_test(tmp_path, *words)
    assert done.returncode == 2
    assert said in done.stderr


def test_the_target_is_there() -> None:
    assert "make image-test" in Command("make", cwd=ROOT).run("help").stdout
