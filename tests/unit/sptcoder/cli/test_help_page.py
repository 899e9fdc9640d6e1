"""The page of `sptcoder --help`, and that it is made from what is there."""

import importlib.util

import pytest

from sptcoder.cli.command_table import COMMANDS, SECTIONS, CommandEntry, find_command
from sptcoder.cli.help_page import help_page


def test_each_command_stands_once_under_its_heading() -> None:
    lines = help_page().splitlines()
    for entry in COMMANDS:
        named = [line for line in lines if line.startswith(f"  {entry.name} ") and entry.summary in line]
        assert len(named) == 1, entry.name
        heading = max(lines.index(f"{section}:") for section in SECTIONS if _before(lines, f"{section}:", named[0]))
        assert lines[heading] == f"{entry.section}:"


def test_no_line_is_too_long_for_a_small_terminal() -> None:
    assert max(len(line) for line in help_page().splitlines()) <= 120


def test_names_are_in_kebab_case_and_unlike() -> None:
    names = [entry.name for entry in COMMANDS]
    assert len(set(names)) == len(names)
    assert all(name == name.lower() and "_" not in name for name in names)


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: str(entry.name))
def test_each_command_has_its_module(entry: CommandEntry) -> None:
    assert importlib.util.find_spec(entry.module) is not None
    assert find_command(entry.name) is entry


def _before(lines: list[str], one: str, other: str) -> bool:
    return lines.index(one) < lines.index(other)
