"""Questions to a person; where nobody can be asked they are a misuse that says what to give instead."""

__all__ = ["ask", "ask_hidden", "confirm"]

import sys
from typing import Final

from core.errors import UsageError
from sptcoder.cli.terminal import is_interactive

_YES: Final = frozenset({"y", "yes"})


def ask(question: str, *, instead: str, default: str = "") -> str:
    """Return the answer, without the blanks around it; `instead` says what to give where nobody can be asked."""
    _require_person(question, instead)
    while True:
        answer = _answer(f"{question}{f' [{default}]' if default else ''}: ") or default
        if answer:
            return answer


def ask_hidden(question: str, *, instead: str) -> str:
    """Return a secret that is not shown while it is typed."""
    _require_person(question, instead)
    import getpass  # noqa: PLC0415 - for the one command that asks for a secret

    while True:
        try:
            answer = getpass.getpass(f"{question}: ", stream=sys.stderr).strip()
        except EOFError:
            raise KeyboardInterrupt from None
        if answer:
            return answer


def confirm(question: str, *, instead: str) -> bool:
    """Return whether the answer is yes; no is what anything else means."""
    _require_person(question, instead)
    return _answer(f"{question} [y/N]: ").lower() in _YES


def _answer(prompt: str) -> str:
    # Not input(): it writes to stdout, where results go.
    sys.stderr.write(prompt)
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:  # Ctrl-D: nobody answers any more
        sys.stderr.write("\n")
        raise KeyboardInterrupt
    return line.strip()


def _require_person(question: str, instead: str) -> None:
    if not is_interactive():
        raise UsageError(f"Nobody can be asked here ({question}): this is no terminal.", next_command=instead)
