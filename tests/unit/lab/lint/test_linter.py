"""The linters refuse what they are there for: a test that could not fail would prove nothing."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import CommandNotFoundError
from lab.deploy.stack_file import PROJECT_ROOT
from lab.lint.linter import LINTERS, Linter, lint
from lab.toolchain import toolchain_bin

PATH = (toolchain_bin(), Path(sys.executable).parent)
GOOD = """name: Good
on:
  pull_request:
permissions: {}
concurrency:
  group: good-${{ github.ref }}
  cancel-in-progress: true
jobs:
  one:
    name: One
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    permissions:
      contents: read  # the checkout
    steps:
      - uses: actions/checkout@v6
        with:
          persist-credentials: false
      - run: make lint
"""
WORKFLOW = ".github/workflows/x.yml"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a repository of the test's own, with the project's configuration of zizmor."""
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    (tmp_path / ".github" / "workflows").mkdir(parents=True)
    shutil.copy(PROJECT_ROOT / ".github" / "zizmor.yml", tmp_path / ".github")
    return tmp_path


def linter(program: str) -> Linter:
    found = next(one for one in LINTERS if one.program == program)
    if not any((folder / program).exists() for folder in PATH) and shutil.which(program) is None:
        pytest.skip(f"no {program}: neither in the toolchain nor on PATH")
    return found


def complaints(tree: Path, program: str, files: dict[str, str]) -> str:
    for name, text in files.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(text)
    return "".join(lint(tree, PATH, [linter(program)]))


@pytest.mark.parametrize("program", ["actionlint", "zizmor"])
def test_a_good_workflow_passes(tree: Path, program: str) -> None:
    assert complaints(tree, program, {WORKFLOW: GOOD}) == ""


@pytest.mark.parametrize(
    ("program", "old", "new", "words"),
    [
        ("actionlint", "make lint", "echo ${{ github.event.pull_request.title }}", "potentially untrusted"),
        ("actionlint", "runs-on: ubuntu-24.04", "runs-on: ubuntu-99.04", 'label "ubuntu-99.04" is unknown'),
        ("actionlint", "timeout-minutes", "timeout-minute", "unexpected key"),
        ("actionlint", "make lint", "echo ${{ needs.two.outputs.x }}", 'property "two" is not defined'),
        ("zizmor", "make lint", "echo ${{ github.head_ref }}", "template-injection"),
        ("zizmor", "permissions: {}\n", "permissions: write-all\n", "excessive-permissions"),
        ("zizmor", "pull_request:", "pull_request_target:", "dangerous-triggers"),
        ("zizmor", "actions/checkout@v6", "actions/checkout", "missing `@<ref>`"),
        ("zizmor", "        with:\n          persist-credentials: false\n", "", "artipacked"),
    ],
)
def test_a_bad_workflow_is_refused(tree: Path, program: str, old: str, new: str, words: str) -> None:
    assert old in GOOD
    assert words in complaints(tree, program, {WORKFLOW: GOOD.replace(old, new)})


def test_terraform_that_is_not_formatted_is_refused(tree: Path) -> None:
    assert complaints(tree, "terraform", {"a/main.tf": 'locals {\n  a = "b"\n}\n'}) == ""
    assert "main.tf" in complaints(tree, "terraform", {"a/main.tf": 'locals {\n a="b"\n}\n'})


def test_a_bad_dockerfile_is_refused(tree: Path) -> None:
    assert "DL3007" in complaints(tree, "hadolint", {"images/a/Dockerfile": "FROM debian:latest\n"})


def test_without_files_a_linter_is_not_started(tree: Path) -> None:
    assert lint(tree, (), [Linter("no-such-program", (), ("*.xyz",))]) == []


def test_a_linter_that_is_missing_is_one_sentence(tree: Path) -> None:
    (tree / "a.xyz").touch()
    with pytest.raises(CommandNotFoundError, match="no-such-program"):
        lint(tree, (), [Linter("no-such-program", (), ("*.xyz",))])


def test_files_that_git_ignores_are_nobody_s(tree: Path) -> None:
    (tree / ".gitignore").write_text("scratch/\n")
    assert complaints(tree, "actionlint", {"scratch/.github/workflows/x.yml": "bad"}) == ""
