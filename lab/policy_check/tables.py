"""The report on a terminal: for each check a summary line and tables of what there is to know."""

__all__ = ["print_checks"]

from collections.abc import Iterable, Sequence
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from lab.display.duration import duration
from lab.policy_check.check import Check
from lab.policy_check.rule_words import shown_rules
from lab.policy_check.summary import summary
from policies.report import ListedExemption

_LEVELS: Final = {"mandatory": "bold red", "advisory": "yellow"}
_STATES: Final = {"valid": "green", "expired": "bold red", "unused": "yellow"}


def print_checks(checks: Sequence[Check], console: Console) -> None:
    """Print the checks, and once for each broken rule what to do about it."""
    for check in checks:
        _print_check(check, console)
    remedies = [(words.name, words.remediation) for words in shown_rules(checks)]
    if remedies:
        _print_table(console, "What to do", ("rule", "remediation"), remedies)
    failed = [check.title for check in checks if not check.passed]
    verdict = Text(f"Not passed: {'; '.join(failed)}.", "bold red") if failed else Text("Passed.", "bold green")
    console.print(Text("\n" if remedies else "") + verdict, soft_wrap=True)


def _print_check(check: Check, console: Console) -> None:
    mark = Text("✓ ", "green") if check.passed else Text("✗ ", "bold red")
    time = f" ({duration(check.seconds)})" if check.seconds else ""
    console.print(mark + Text(f"{check.title}: {summary(check)}{time}", "bold"), soft_wrap=True)
    for note in check.notes:
        console.print(Text(f"  {note}", "dim"), soft_wrap=True)
    if check.failure:
        console.print(Text(f"  {check.failure}", "red"), soft_wrap=True)
    report = check.report
    violations = [
        (each.level, each.rule, _resource(check, each.resource, each.origin), each.sentence)
        for each in report.violations
    ]
    _print_table(console, "Violations", ("level", "rule", "resource", "what is wrong"), violations)
    undecided = [(each.level, each.rule, each.resource, each.place) for each in report.undecided]
    title = "Undecided before an update" + (", which stops this stack" if check.stopping_undecided else "")
    _print_table(console, title, ("level", "rule", "resource", "waits for"), undecided)
    exemptions = _grouped(report.exemptions)
    _print_table(console, "Exemptions", ("state", "rule", "resource", "until", "reason"), exemptions)
    console.print()


def _grouped(exemptions: Sequence[ListedExemption]) -> list[tuple[str, ...]]:
    """Return a row for each reason, with all the resources it is given for."""
    rows: dict[tuple[str, ...], list[str]] = {}
    for each in exemptions:
        rows.setdefault((each.state, each.rule, each.expires.isoformat(), each.reason), []).append(each.resource)
    return [
        (state, rule, "\n".join(resources), until, reason) for (state, rule, until, reason), resources in rows.items()
    ]


def _resource(check: Check, resource: str, origin: str) -> str:
    place = check.locations.get(resource)
    line = f":{place.line}" if place is not None and place.line else ""
    where = f" ({place.file}{line})" if place is not None else ""
    return f"{resource} {origin}".rstrip() + where


def _print_table(console: Console, title: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for heading in headings:
        table.add_column(heading, overflow="fold", no_wrap=heading in ("level", "state", "until"))
    for row in rows:
        first = Text(row[0], _LEVELS.get(row[0]) or _STATES.get(row[0]) or "")
        table.add_row(first, *map(Text, row[1:]))
    if table.row_count:
        console.print(Text(f"\n{title}", "bold"))
        console.print(table)
