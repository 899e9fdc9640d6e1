"""The page of failures names those that there are."""

import re
from pathlib import Path

from sptcoder.doctor.explanations import EXPLANATIONS

_PAGE = Path(__file__).resolve().parents[4] / "docs" / "cli-setup.md"


def test_the_page_lists_each_explanation_in_order() -> None:
    assert re.findall(r"^\| `([a-z-]+)` \|", _PAGE.read_text(encoding="utf-8"), re.MULTILINE) == list(EXPLANATIONS)
