"""docs/cli.md says of every command what the command says of itself."""

import re

import pytest

from core.errors import SptFlowError
from release.reference import PAGE, written_page
from sptcoder.cli.command_table import COMMANDS

TEXT = PAGE.read_text(encoding="utf-8")


def test_the_page_is_as_the_commands_help() -> None:
    assert written_page(TEXT) == TEXT, "make cli-reference writes it"


def test_every_command_is_in_it() -> None:
    titles = set(re.findall(r"^#### `sptcoder ([a-z-]+)`$", TEXT, re.MULTILINE))
    assert titles == {entry.name for entry in COMMANDS}


@pytest.mark.parametrize("mark", ["<!-- reference:", "<!-- end of the reference"])
def test_a_page_without_its_marks_is_refused(mark: str) -> None:
    with pytest.raises(SptFlowError, match="lacks the line"):
        written_page(TEXT.replace(mark, "<!-- another"))
