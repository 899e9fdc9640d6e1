"""The report as Markdown, for a comment on a pull request or a job's summary."""

__all__ = ["markdown_report"]

import re
from collections.abc import Iterable, Sequence
from typing import Final

from lab.policy_check.check import Check
from lab.policy_check.rule_words import shown_rules
from lab.policy_check.summary import summary

# What has a meaning in GitHub's Markdown, in a table's cell above all.
_SIGNS: Final = re.compile(r"([\\`*_{}\[\]()<>#+!|~$&-])")
_BREAKS: Final = re.compile(r"\s+")
_ZERO_WIDTH: Final = "\u200b"


def markdown_report(checks: Sequence[Check]) -> str:
    """Return the report: a table of checks, then what each has to say; ends with a newline."""
    passed = all(check.passed for check in checks)
    lines = [f"### Policies: {'passed' if passed else 'not passed'}", ""]
    rows = [("✅" if check.passed else "❌", _prose(check.title), _prose(summary(check))) for check in checks]
    lines += _table(("", "check", "result"), rows)
    for check in checks:
        lines += _details(check)
    remedies = [(_code(words.name), _prose(words.remediation)) for words in shown_rules(checks)]
    if remedies:
        lines += ["", "#### What to do", "", *_table(("rule", "remediation"), remedies)]
    return "\n".join(lines) + "\n"


def _details(check: Check) -> list[str]:
    report = check.report
    lines: list[str] = []
    if check.failure:
        lines += ["", f"**{_prose(check.title)}** could not be checked: {_prose(check.failure)}"]
    violations = [
        (each.level, _code(each.rule), _code(f"{each.resource} {each.origin}".strip()), _prose(each.sentence))
        for each in report.violations
    ]
    if violations:
        lines += ["", f"#### Violations: {_prose(check.title)}", ""]
        lines += _table(("level", "rule", "resource", "what is wrong"), violations)
    undecided = [(each.level, _code(each.rule), _code(each.resource), _code(each.place)) for each in report.undecided]
    lines += _folded(
        f"{len(undecided)} undecided: {check.title}", ("level", "rule", "resource", "waits for"), undecided
    )
    exemptions = [
        (each.state, _code(each.rule), _code(each.resource), each.expires.isoformat(), _prose(each.reason))
        for each in report.exemptions
    ]
    headings = ("state", "rule", "resource", "until", "reason")
    lines += _folded(f"{len(exemptions)} exemptions: {check.title}", headings, exemptions)
    if check.notes:
        lines += ["", *(f"- {_prose(note)}" for note in check.notes)]
    return lines


def _folded(title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    if not rows:
        return []
    return ["", f"<details><summary>{_prose(title)}</summary>", "", *_table(headings, rows), "", "</details>"]


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [f"| {' | '.join(headings)} |", f"|{'|'.join(' --- ' for _ in headings)}|"]
    return [*lines, *(f"| {' | '.join(row)} |" for row in rows)]


def _code(text: str) -> str:
    shown = _BREAKS.sub(" ", text).strip().replace("|", "\\|")
    fence = "`" * (max((len(run) for run in re.findall(r"`+", shown)), default=0) + 1)
    return f"{fence}{shown}{fence}" if shown else ""


def _prose(text: str) -> str:
    """Return words with every sign escaped, mentions and addresses taken apart."""
    escaped = _SIGNS.sub(r"\\\1", _BREAKS.sub(" ", text).strip())
    return escaped.replace("@", f"@{_ZERO_WIDTH}").replace("://", f":{_ZERO_WIDTH}//")
