"""The end of a run: what changed, where things are, what was left out, and what to type next."""

__all__ = ["Report", "render_plain", "render_rich"]

from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from lab.display.duration import duration
from lab.display.resource_tree import Change, ResourceNode, ResourceOutcome, count_changes, resource_tree

_STYLES = {
    Change.CREATED: "green",
    Change.CHANGED: "yellow",
    Change.REPLACED: "magenta",
    Change.DELETED: "red",
    Change.UNCHANGED: "dim",
}
_WORTH_TELLING_SECONDS = 0.05


@dataclass(frozen=True)
class Report:
    """What a report says. `facts` are names with values, `next_commands` commands with what each is for.

    `planned` marks a preview: nothing was done yet.
    """

    title: str
    outcomes: tuple[ResourceOutcome, ...] = ()
    seconds: float | None = None
    planned: bool = False
    facts: tuple[tuple[str, str], ...] = ()
    left_out: tuple[str, ...] = ()
    next_commands: tuple[tuple[str, str], ...] = ()

    @property
    def headline(self) -> str:
        """Title, counts and the time of the whole run."""
        time = "" if self.seconds is None else f" ({duration(self.seconds)})"
        return f"{self.title}: {count_changes(self.outcomes, planned=self.planned)}{time}"


def render_plain(report: Report) -> str:
    """Return the report as text without colour, one line each, ending with a newline."""
    lines = [report.headline]
    for node in resource_tree(report.outcomes):
        lines += _plain_lines(node, report, depth=1)
    if report.facts:
        width = max(len(name) for name, _ in report.facts)
        lines += ["", *(f"{name:<{width}}  {value}" for name, value in report.facts)]
    if report.left_out:
        lines += ["", "Left out on this machine:", *(f"  {line}" for line in report.left_out)]
    if report.next_commands:
        width = max(len(command) for command, _ in report.next_commands)
        lines += ["", "Next:", *(f"  {command:<{width}}  {why}".rstrip() for command, why in report.next_commands)]
    return "\n".join(lines) + "\n"


def render_rich(report: Report) -> RenderableType:
    """Return the report as something a rich console prints."""
    tree = Tree(Text(report.headline, style="bold"), guide_style="dim")
    for node in resource_tree(report.outcomes):
        _grow(tree, node, report)
    parts: list[RenderableType] = [tree]
    if report.facts:
        parts += [Text(), _pairs(report.facts, "bold", "")]
    if report.left_out:
        parts += [Text(), Text("Left out on this machine:", style="bold yellow")]
        parts += [Text(f"  {line}") for line in report.left_out]
    if report.next_commands:
        parts += [Text(), Text("Next:", style="bold"), _pairs(report.next_commands, "cyan", "dim", indent=2)]
    return Group(*parts)


def _plain_lines(node: ResourceNode, report: Report, depth: int) -> Iterator[str]:
    yield f"{'  ' * depth}{_mark(node)} {node.label}{_detail(node, report)}"
    if not node.settled:
        for child in node.children:
            yield from _plain_lines(child, report, depth + 1)


def _grow(tree: Tree, node: ResourceNode, report: Report) -> None:
    style = "bold red" if node.outcome.failed else _STYLES[node.outcome.change]
    branch = tree.add(Text.assemble((f"{_mark(node)} {node.label}", style), (_detail(node, report), "dim")))
    if not node.settled:
        for child in node.children:
            _grow(branch, child, report)


def _mark(node: ResourceNode) -> str:
    return "!" if node.outcome.failed else node.outcome.change.mark


def _detail(node: ResourceNode, report: Report) -> str:
    """Say what the mark means, and for a subtree in which nothing happened how much it holds."""
    outcome = node.outcome
    if node.settled:
        below = sum(1 for _ in node.walk()) - 1
        return f"  unchanged, with {below} below" if below else "  unchanged"
    word = "failed" if outcome.failed else outcome.change.word(planned=report.planned)
    told = not report.planned and outcome.seconds >= _WORTH_TELLING_SECONDS
    time = f", {duration(outcome.seconds)}" if told else ""
    return f"  {word}{time}"


def _pairs(pairs: tuple[tuple[str, str], ...], left: str, right: str, indent: int = 0) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style=left, no_wrap=True)
    # A value is there to be copied: it may be folded, never cut.
    table.add_column(style=right, overflow="fold")
    for name, value in pairs:
        table.add_row(Text(" " * indent + name), Text(value))
    return table
