"""The comment's form: escaped, cut to GitHub's limit, with the policies' verdict."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci.markdown import code, prose, table
from ci.plan import Change, Operation, Plan, PropertyChange
from ci.review_comment import LIMIT, cut_text, join_parts, review_comment

CONFIG_MAP = "kubernetes:core/v1:ConfigMap"


def plan(count: int, operation: Operation = Operation.UPDATE, stack: str = "prod") -> Plan:
    changed = tuple(PropertyChange(f"data.key-{number}", "update") for number in range(3))
    return Plan(
        stack, tuple(Change(operation, CONFIG_MAP, f"settings-{n:05}", properties=changed) for n in range(count))
    )


def test_nothing_to_do_is_said() -> None:
    assert review_comment([Plan("prod", ())]) == "## Stack `prod`\n\nNothing would change.\n"


def test_a_failed_preview_says_why() -> None:
    text = review_comment([Plan("prod", (), failures=("the <server> of @team is away",))])
    assert "> **The preview failed:** the \\<server\\> of @\u200bteam is away" in text
    assert "Nothing would change" not in text


def test_several_stacks_and_the_policies_stand_in_one_comment() -> None:
    text = review_comment([plan(1, stack="staging"), plan(1)], "# Policies\n\nAll is well.")
    assert [line for line in text.splitlines() if line.startswith("#")] == [
        "## Stack `staging`",
        "### What changes",
        "## Stack `prod`",
        "### What changes",
        "# Policies",
    ]


@pytest.mark.parametrize("count", [10, 1_000, 20_000])
def test_a_comment_is_never_longer_than_github_takes(count: int) -> None:
    text = review_comment([plan(count), plan(count, Operation.DELETE)], "# Policies\n\nOne is broken.\n")
    assert len(text.encode()) <= LIMIT
    assert text.endswith("One is broken.\n"), "the verdict is never cut for rows"
    assert text.count("<details>") == text.count("</details>")
    assert f"**{count} to delete" in text
    if count > 10:
        assert "which GitHub's limit for a comment leaves no room for." in text


def test_a_policy_report_longer_than_all_room_is_cut_too() -> None:
    text = review_comment([plan(20_000)], "| a |\n" * 100_000)
    assert len(text.encode()) <= LIMIT
    assert text.count("Cut here") >= 1


@given(text=st.text(max_size=400), limit=st.integers(200, 600))
def test_what_is_cut_fits_and_leaves_nothing_open(text: str, limit: int) -> None:
    body = f"<details>\n\n{text}\n\n{text}\n</details>\n"
    cut = cut_text(body, limit)
    assert len(cut.encode()) <= limit
    if "details" not in text:
        assert cut.count("<details>") == cut.count("</details>")


@given(parts=st.lists(st.text(max_size=2000), min_size=1, max_size=4))
def test_parts_together_fit(parts: list[str]) -> None:
    assert len(join_parts(parts, limit=2000).encode()) <= 2000


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "`plain`"),
        ("a|b", "`a\\|b`"),
        ("a`b", "``a`b``"),
        ("`", "`` ` ``"),
        ("", "(empty)"),
        ("two\nlines\r\x00", "`two lines`"),
        ("\u202egnp.exe", "`gnp.exe`"),
        ("<b>@me</b>", "`<b>@me</b>`"),
    ],
)
def test_a_code_span_shows_text_as_it_is(text: str, shown: str) -> None:
    assert code(text) == shown


@given(st.text())
def test_no_text_leaves_its_cell(text: str) -> None:
    for shown in (code(text), prose(text)):
        (_, _, row) = table(("a", "b"), [(shown, "end")])
        assert "\n" not in row
        assert "\r" not in row
        assert row.replace("\\\\", "").replace("\\|", "").count("|") == 3 or "\\" in text


def test_prose_neither_mentions_nor_links_anybody() -> None:
    assert prose("@team [x](https://example.com) www.example.com") == (
        "@\u200bteam \\[x\\]\\(https:\u200b//example.com\\) www\u200b.example.com"
    )
