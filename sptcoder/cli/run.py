"""One run of the program: the fast ways out, then the command asked for, then its failure, if any, as a sentence."""

__all__ = ["run"]

import importlib
import os
import sys
from collections.abc import Sequence
from typing import Final

from core.errors import SptFlowError, UsageError
from sptcoder.cli.command_table import COMMANDS, HIDDEN, find_command
from sptcoder.cli.help_page import help_page

_DEBUG: Final = "SPT_FLOW_DEBUG"
_HELP: Final = ("-h", "--help", "help")
_STOPPED: Final = 130


def run(words: Sequence[str]) -> int:
    """Run one command and return the exit code: 0 ok, 1 failed, 2 misuse, 130 stopped by Ctrl-C.

    `--version` and `--help` are answered before anything heavy is imported. Whoever reads our output may leave early.
    """
    try:
        code = _answer(words)
        sys.stdout.flush()
    except BrokenPipeError:
        # Nothing is left to say, and Python must not try again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code


def _answer(words: Sequence[str]) -> int:
    if not words or words[0] in _HELP:
        sys.stdout.write(help_page())
        return 0
    if words[0] == "--version":
        # Here and not above: reading the commit costs what most commands need not spend.
        from sptcoder.version import version_line  # noqa: PLC0415

        sys.stdout.write(version_line() + "\n")
        _announce(ask=False)
        return 0
    if words[0] in HIDDEN:
        importlib.import_module(HIDDEN[words[0]]).run(words[1:])
        return 0
    code = _guarded(words)
    _announce(ask=True)
    return code


def _announce(*, ask: bool) -> None:
    from sptcoder.updates.notice import announce_update  # noqa: PLC0415 - not needed for help

    announce_update(ask=ask)


def _guarded(words: Sequence[str]) -> int:
    from sptcoder.cli.failure import show_failure, unexpected  # noqa: PLC0415 - not needed for help

    as_json = "--json" in words[: words.index("--")] if "--" in words else "--json" in words
    try:
        return _command(words)
    except SptFlowError as error:
        show_failure(error, as_json=as_json)
        return error.exit_code
    except KeyboardInterrupt:
        return _STOPPED  # before the command began
    except BrokenPipeError:
        raise
    except Exception as error:
        if os.environ.get(_DEBUG):
            raise
        show_failure(unexpected(error), as_json=as_json)
        return 1


def _command(words: Sequence[str]) -> int:
    entry = find_command(words[0])
    if entry is None:
        raise UsageError(f"There is no command '{words[0]}'{_guess(words[0])}.", next_command="sptcoder --help")
    from typer import Abort  # noqa: PLC0415 - after the misuse that needs no parser
    from typer.exceptions import TyperException  # noqa: PLC0415

    from sptcoder.cli.application import StoppedError, application  # noqa: PLC0415

    try:
        code = application(entry)(list(words), prog_name="sptcoder", standalone_mode=False)
    except TyperException as error:
        raise UsageError(error.format_message(), next_command=f"sptcoder {entry.name} --help") from None
    except Abort:
        raise StoppedError from None
    return code if isinstance(code, int) else 0


def _guess(word: str) -> str:
    import difflib  # noqa: PLC0415 - for misspelt commands alone

    close = difflib.get_close_matches(word, [entry.name for entry in COMMANDS], n=1)
    return f"; did you mean '{close[0]}'?" if close else ""
