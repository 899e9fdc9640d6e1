"""The reference of the command line in docs/cli.md, written from the help of the commands."""

__all__ = ["PAGE", "command_help", "written_page"]

import os
from collections.abc import Iterator
from typing import Any, Final
from unittest import mock

import typer
from typer.testing import CliRunner

from core.errors import SptFlowError
from core.generated_part import GeneratedPart
from release.sources import ROOT
from sptcoder.cli.application import application
from sptcoder.cli.command_table import COMMANDS, SECTIONS, CommandEntry

PAGE: Final = ROOT / "docs" / "cli.md"
"""The page."""

_PART: Final = GeneratedPart(
    page=str(PAGE),
    begin="<!-- reference: written by make cli-reference -->\n",
    end="<!-- end of the reference -->\n",
)
_WIDTH: Final = "100"
_SUCCESS: Final = 0


def written_page(page: str) -> str:
    """Return the page with the part between its marks written anew; raise SptFlowError if it has no such marks."""
    return _PART.written(page, "".join((*_sections(), "\n")))


def command_help(entry: CommandEntry, *words: str) -> str:
    """Return what `sptcoder <command> <words> --help` prints, on a terminal of 100 columns without colours."""
    with mock.patch.dict(os.environ, {"COLUMNS": _WIDTH, "NO_COLOR": "1", "TERM": "dumb"}):
        done = CliRunner().invoke(application(entry), [entry.name, *words, "--help"], prog_name="sptcoder")
    if done.exit_code != _SUCCESS:
        raise SptFlowError(f"'sptcoder {entry.name} --help' ends with exit code {done.exit_code}.")
    return "\n".join(line.rstrip() for line in done.stdout.strip("\n").splitlines()) + "\n"


def _sections() -> Iterator[str]:
    for section in SECTIONS:
        yield f"\n### {section}\n"
        for entry in COMMANDS:
            if entry.section == section:
                for words in ((), *_subcommands(entry)):
                    title = " ".join(("sptcoder", entry.name, *words))
                    yield f"\n#### `{title}`\n\n```text\n{command_help(entry, *words)}```\n"


def _subcommands(entry: CommandEntry) -> Iterator[tuple[str]]:
    group: Any = typer.main.get_command(application(entry))
    for name in getattr(group.commands[entry.name], "commands", ()):
        yield (name,)
