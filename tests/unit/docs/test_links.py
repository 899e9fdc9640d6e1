"""Every relative link of the documentation leads to a file."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
_ACTIONS = "../../actions/workflows/"
"""From the repository's page at GitHub to what its workflows did; nothing of that is in the tree."""

_LINK = re.compile(r"\]\((?!https?:|mailto:|#)(?P<target>[^)#\s]+)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_relative_links_lead_somewhere(page: Path) -> None:
    targets = [found["target"] for found in _LINK.finditer(page.read_text())]
    local = [target for target in targets if not target.startswith(_ACTIONS)]
    assert [target for target in local if not (page.parent / target).exists()] == []


def test_the_badge_is_that_of_a_workflow() -> None:
    page = (ROOT / "README.md").read_text()
    badges = re.findall(
        rf"\[!\[[^]]+\]\({re.escape(_ACTIONS)}([\w.]+)/badge\.svg[^)]*\)\]\({re.escape(_ACTIONS)}([\w.]+)\)", page
    )
    assert badges, "the README shows no badge"
    assert [pair for pair in badges if pair[0] != pair[1]] == []
    assert [name for name, _ in badges if not (ROOT / ".github" / "workflows" / name).exists()] == []


def test_decisions_are_numbered_without_gaps_and_listed() -> None:
    records = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))
    assert [record.name[:4] for record in records] == [f"{n:04}" for n in range(1, len(records) + 1)]
    index = (ROOT / "docs" / "adr" / "README.md").read_text()
    assert [record.name for record in records if f"({record.name})" not in index] == []


@pytest.mark.parametrize("record", sorted((ROOT / "docs" / "adr").glob("[0-9]*.md")), ids=lambda path: path.name[:4])
def test_a_decision_has_the_agreed_form(record: Path) -> None:
    text = record.read_text()
    assert text.startswith(f"# {record.name[:4]}: ")
    parts = ["\n- Status: ", "\n- Date: ", "\n## Context\n", "\n## Options\n", "\n## Decision\n", "\n## Consequences\n"]
    positions = [text.find(part) for part in parts]
    assert -1 not in positions
    assert positions == sorted(positions)
