from pathlib import Path

import pytest
from pulumi.automation import CommandResult

import versions
from lab.deploy.lean_automation import LeanStack, LeanWorkspace, PinnedCommand


class Asked(PinnedCommand):
    """A CLI that is not there: it notes what it is asked, and has outputs."""

    def __init__(self, launchers: Path) -> None:
        super().__init__(launchers)
        self.words: list[list[str]] = []

    def run(self, args: list[str], *_: object, **__: object) -> CommandResult:
        self.words.append(args)
        return CommandResult(stdout='{"answer": "42"}', stderr="", code=0)


@pytest.fixture
def cli(tmp_path: Path) -> Asked:
    return Asked(tmp_path)


def _stack(cli: Asked, folder: Path, *, known: bool) -> LeanStack:
    workspace = LeanWorkspace(known=known, work_dir=str(folder), pulumi_home=str(folder), pulumi_command=cli)
    return LeanStack.open("dev", workspace)


def test_what_a_run_did_is_not_asked_again(cli: Asked, tmp_path: Path) -> None:
    stack = _stack(cli, tmp_path, known=True)
    assert stack.outputs() == {}
    summary = stack.info()
    assert summary is not None
    assert summary.result == "not asked"
    assert cli.words == []


def test_outputs_are_read_for_whoever_wants_them(cli: Asked, tmp_path: Path) -> None:
    read = _stack(cli, tmp_path, known=True).read_outputs()
    assert {name: output.value for name, output in read.items()} == {"answer": "42"}
    assert {words[:2] == ["stack", "output"] for words in map(list, cli.words)} == {True}


def test_a_stack_is_selected_only_if_it_is_not_known_to_exist(cli: Asked, tmp_path: Path) -> None:
    _stack(cli, tmp_path, known=False)
    assert [words[:2] for words in cli.words] == [["stack", "select"]]


def test_the_version_is_the_pinned_one(cli: Asked) -> None:
    assert str(cli.version) == versions.PULUMI
