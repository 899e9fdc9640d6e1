"""The build report, as the image's build writes it."""

import json
from pathlib import Path

import pytest

from core.errors import UsageError
from validate.build_report import ToolEntry, read_build_report


def _report(tmp_path: Path, content: object) -> Path:
    path = tmp_path / "build-report.json"
    path.write_text(json.dumps(content))
    return path


def test_a_report_says_what_is_had_and_what_is_missing(tmp_path: Path) -> None:
    tools = [{"tool": "git", "version": "1:2.39.5", "source": "debian"}, {"tool": "op", "missing": "no package"}]
    report = read_build_report(_report(tmp_path, {"target": "full", "tools": tools}))
    assert report.tools["git"] == ToolEntry("git", "1:2.39.5", "debian")
    assert (report.reason("git"), report.reason("op"), report.reason("go")) == (None, "no package", None)
    assert report.problem is None


def test_the_small_target_is_silent_about_what_only_the_full_one_has(tmp_path: Path) -> None:
    report = read_build_report(_report(tmp_path, {"target": "slim", "tools": []}))
    assert report.reason("go") == "not part of the target slim"
    assert report.reason("git") is None


def test_without_a_report_that_is_said(tmp_path: Path) -> None:
    report = read_build_report(tmp_path / "none.json")
    assert report.problem == f"There is no build report at {tmp_path}/none.json: this is not the workspace image."


@pytest.mark.parametrize("content", [[], {"tools": [{"version": "1"}]}, {"tools": 1}, 3])
def test_what_is_no_report_is_refused(tmp_path: Path, content: object) -> None:
    with pytest.raises(UsageError, match="is not a build report"):
        read_build_report(_report(tmp_path, content))


@pytest.mark.parametrize(
    ("version", "message", "contradicts"),
    [
        ("1:2.39.5-0+deb12u1", "git version 2.39.5 committed", False),
        ("3.3a-3", "tmux 3.3a opened", False),
        ("1:7.2+dfsg-7", "QEMU emulator version 7.2.22", False),
        ("1.26.6", "go version go1.26.8 linux/amd64", True),
        ("2.3", "version 2.39", True),
        ("1.9.13p3", "sudo works", False),
        ("unknown", "version 2.39", False),
    ],
)
def test_versions_are_compared_by_their_numbers(version: str, message: str, contradicts: bool) -> None:  # noqa: FBT001 - a column
    assert ToolEntry("x", version).contradicts(message) is contradicts
