"""`python -m lab image-test` without a lab, and misused."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.command import Command
from lab.commands.image_test import _text
from lab.image_test.result import CheckResult, ImageTestResult, StageResult

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


def test_what_is_missing_is_said_once_for_all_places() -> None:
    missing = [CheckResult(tool, "missing", f"{tool} is not in this image: no package") for tool in ("op", "nex")]
    required = CheckResult("wash", "failed", "wash is required, and is not in this image: no package")
    stages = tuple(StageResult(name, f"a {name}", (*missing, required), 1, 2) for name in ("pod", "workspace"))
    said = _text(ImageTestResult("example.com/image:1", stages, 4)).splitlines()
    assert said.count("Missing in the image, no package: op, nex") == 1
    assert sum(line.startswith("  FAILED   wash") for line in said) == 2
    assert "In a pod, running after 1.0 s: 1 failed, 2 missing" in said
    assert said[-1] == "Something FAILED; see above. All of it took 4.0 s."
