"""One run of the program: what it answers without a command, and how each kind of end looks."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
import typer

from core.errors import SptFlowError, UsageError
from sptcoder.cli.command_table import CommandEntry
from sptcoder.cli.correlation import correlation_id
from sptcoder.cli.run import run

Ending = Callable[[], None]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Callable[[Ending], None]:
    """Make `sptcoder list` a command that ends as the test says."""

    def install(ending: Ending) -> None:
        def register(app: typer.Typer) -> None:
            def listing(*, as_json: bool = typer.Option(False, "--json")) -> None:  # noqa: FBT003 - typer's form
                del as_json
                ending()

            app.command("list")(listing)

        monkeypatch.setattr(
            "sptcoder.cli.application.importlib.import_module", lambda _: SimpleNamespace(register=register)
        )

    return install


def _raise(error: BaseException) -> Ending:
    def ending() -> None:
        raise error

    return ending


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"], ["help"]], ids=str)
def test_help_is_an_answer_and_no_misuse(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(words) == 0
    assert "sptcoder up https://github.com/my/repo" in capsys.readouterr().out


def test_version_names_version_and_commit(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert re.fullmatch(r"sptcoder \d+\.\d+\.\d+ \(commit [0-9a-f]{12}\)\n", capsys.readouterr().out)


@pytest.mark.parametrize("word", ["--version", "--help"])
def test_version_and_help_import_neither_parser_nor_client(word: str) -> None:
    script = (
        "import sys; from sptcoder.cli.run import run; run([sys.argv[1]]); "
        "sys.exit(' '.join({'typer', 'click', 'httpx', 'pydantic', 'rich', 'yaml'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script, word], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == ""


def test_a_misspelt_command_is_guessed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lst"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "Error: There is no command 'lst'; did you mean 'list'?.\nNext:  sptcoder --help\n"


def test_a_wrong_option_is_misuse(command: Callable[[Ending], None], capsys: pytest.CaptureFixture[str]) -> None:
    command(lambda: None)
    assert run(["list", "--nope"]) == 2
    assert "No such option: --nope" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code"),
    [(SptFlowError("It is so."), 1), (UsageError("It is so."), 2)],
    ids=["failed", "misuse"],
)
def test_a_failure_is_a_sentence(
    command: Callable[[Ending], None], capsys: pytest.CaptureFixture[str], error: SptFlowError, code: int
) -> None:
    command(_raise(error))
    assert run(["list"]) == code
    assert capsys.readouterr().err == "Error: It is so.\n"


def test_a_failure_is_an_object_too_with_json(
    command: Callable[[Ending], None], capsys: pytest.CaptureFixture[str]
) -> None:
    command(_raise(SptFlowError("It is so.", next_command="do this")))
    assert run(["list", "--json"]) == 1
    said: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert said == {
        "error": {"message": "It is so.", "next": "do this", "exit_code": 1},
        "correlation_id": correlation_id(),
    }


@pytest.mark.parametrize("error", [KeyboardInterrupt(), typer.Abort()], ids=["ctrl-c", "ctrl-c at a prompt"])
def test_ctrl_c_ends_with_130(
    command: Callable[[Ending], None], capsys: pytest.CaptureFixture[str], error: BaseException
) -> None:
    command(_raise(error))
    assert run(["list"]) == 130
    assert capsys.readouterr().err == "Error: Stopped on request.\n"


def test_an_unforeseen_error_is_a_sentence_with_the_correlation_id(
    command: Callable[[Ending], None], capsys: pytest.CaptureFixture[str]
) -> None:
    command(_raise(RuntimeError("first line\nsecond line")))
    assert run(["list"]) == 1
    said = capsys.readouterr().err
    assert f"(RuntimeError: first line second line; correlation id {correlation_id()})" in said
    assert "Traceback" not in said


def test_the_debug_variable_shows_where_it_came_from(
    command: Callable[[Ending], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPT_FLOW_DEBUG", "1")
    command(_raise(RuntimeError("here")))
    with pytest.raises(RuntimeError, match="here"):
        run(["list"])


def test_an_exit_code_of_a_command_is_the_programs(command: Callable[[Ending], None]) -> None:
    command(_raise(typer.Exit(42)))
    assert run(["list"]) == 42


def test_a_reader_that_leaves_is_no_error() -> None:
    """`sptcoder --help | head -1`: no traceback, also not at the interpreter's end."""
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "sptcoder", "--help"], stdout=write, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(write)
    assert done.stderr == ""


def test_the_table_gives_modules_their_names() -> None:
    assert CommandEntry("ssh-config", "Connect", "").module == "sptcoder.commands.ssh_config"
