"""docs/images.md against the workspace image: each tool that a build speaks of is told about, and nothing else."""

import re
from pathlib import Path

import pytest

from images.workspace.arguments import TARGETS, workspace_arguments

ROOT = Path(__file__).parents[3]
WORKSPACE = ROOT / "images" / "workspace"
PAGE = (ROOT / "docs" / "images.md").read_text(encoding="utf-8")
TABLE = PAGE.partition("| Tool (name in the report)")[2].partition("\n\n")[0]
_WORD = re.compile(r"build-report\.sh (?:had|missing) ([a-z0-9.+-]+) ")
_LOOP = re.compile(r"^(?:for (?:package|program) in|\s*tool=)(.*?)(?:; do|$)", re.MULTILINE)
_RENAMED = {"gnupg": "gpg", "openssh-client": "ssh"}
"""Packages whose tools have another name."""


def reported() -> set[str]:
    """Return every name that a script tells the report."""
    names: set[str] = set()
    for script in (WORKSPACE / "tools").glob("*.sh"):
        text = script.read_text(encoding="utf-8")
        names |= set(_WORD.findall(text))
        if re.search(r'build-report\.sh had "\$', text):
            names |= {word for line in _LOOP.findall(text) for word in line.split() if not word.startswith("$")}
    lines = (WORKSPACE / "extensions" / "extensions.txt").read_text(encoding="utf-8").splitlines()
    names |= {f"extension-{line.split()[0]}" for line in lines if line.strip() and not line.startswith("#")}
    return {_RENAMED.get(name, name) for name in names}


def test_the_table_names_every_tool_and_no_other() -> None:
    first_cells = [line.split("|")[1] for line in TABLE.splitlines() if line.startswith("| ")]
    named = {name for cell in first_cells for name in re.findall(r"`([^`]+)`", cell)}
    assert named == reported()


@pytest.mark.parametrize("target", TARGETS)
def test_both_targets_are_told_about(target: str) -> None:
    assert f"`{target}`" in PAGE


def test_every_argument_that_is_told_about_is_one() -> None:
    table = PAGE.partition("| Argument | What |")[2].partition("\n\n")[0]
    told = {
        name
        for line in table.splitlines()
        for name in re.findall(r"`([A-Z_]{4,})`", line.split("|")[1] if "|" in line else "")
    }
    assert told
    dockerfile = (WORKSPACE / "Dockerfile").read_text(encoding="utf-8")
    assert told <= set(re.findall(r"^ARG (\w+)", dockerfile, re.MULTILINE))
    assert {"BASE_IMAGE", "TRUST_IMAGE", "MISSING_TOOLS"} <= told & set(workspace_arguments())
