"""One stack's part of the comment: what changes, what is replaced or deleted, and what that asks of the cluster."""

__all__ = ["plan_section"]

from collections.abc import Iterator
from typing import Final

from ci.amount_text import bytes_text, cpu_text, signed
from ci.markdown import code, prose, table
from ci.plan import Change, Operation, Plan
from ci.property_text import property_text
from ci.requested_change import NamespaceChange, requested_changes, uncounted_charts

_ORDER: Final = (Operation.REPLACE, Operation.DELETE, Operation.UPDATE, Operation.CREATE, Operation.OTHER)
_VERBS: Final = {
    Operation.CREATE: "create",
    Operation.UPDATE: "update",
    Operation.REPLACE: "replace",
    Operation.DELETE: "delete",
    Operation.OTHER: "read or refresh",
}
_MOST_NAMED: Final = 20
_COUNTING_NOTE: Final = (
    "Requests of all pods a workload has at once (a DaemonSet for one node, a Job while it runs), and of volume claims."
)


def plan_section(plan: Plan, *, most_rows: int) -> list[str]:
    """Return the lines of a stack's part; at most `most_rows` rows in each table, and a line that says what is cut."""
    lines = [f"## Stack {code(plan.stack)}", ""]
    if plan.failures:
        lines += ["> [!CAUTION]", f"> **The preview failed:** {prose(plan.failures[0])}", ""]
    changing = [change for operation in _ORDER for change in plan.having(operation)]
    if not changing:
        return [*lines, "" if plan.failures else "Nothing would change.", ""]
    lines += [f"**{_headline(plan)}**", ""]
    lines += _called_out(plan)
    lines += ["### What changes", ""]
    lines += _cut(table(("", "Resource", "Kind"), _change_rows(changing)), most_rows)
    lines += [*_properties(changing, most_rows), *_amounts(plan)]
    return lines


def _headline(plan: Plan) -> str:
    counted = [(len(plan.having(operation)), _VERBS[operation]) for operation in _ORDER]
    same = len(plan.having(Operation.SAME)) + plan.unlisted
    return f"{', '.join(f'{count} to {verb}' for count, verb in counted if count)}; {same} unchanged."


def _called_out(plan: Plan) -> Iterator[str]:
    for operation, kind, words in (
        (Operation.REPLACE, "WARNING", "Replaced, that is deleted and made anew"),
        (Operation.DELETE, "CAUTION", "Deleted"),
    ):
        changes = plan.having(operation)
        if changes:
            named = ", ".join(f"{change.kind} {code(change.name)}" for change in changes[:_MOST_NAMED])
            more = f" and {len(changes) - _MOST_NAMED} more" if len(changes) > _MOST_NAMED else ""
            yield from (f"> [!{kind}]", f"> **{words}:** {named}{more}", "")


def _change_rows(changes: list[Change]) -> Iterator[tuple[str, str, str]]:
    for change in changes:
        verb = _VERBS[change.operation]
        is_loss = change.operation in (Operation.REPLACE, Operation.DELETE)
        yield f"**{verb}**" if is_loss else verb, code(_place(change)), code(change.type.removeprefix("kubernetes:"))


def _place(change: Change) -> str:
    """Return namespace and name of a Kubernetes object, the logical name of anything else."""
    metadata = (change.new or change.old).get("metadata")
    if isinstance(metadata, dict) and isinstance(metadata.get("name"), str):
        namespace = metadata.get("namespace")
        return f"{namespace}/{metadata['name']}" if isinstance(namespace, str) else metadata["name"]
    return change.name


def _properties(changes: list[Change], most_rows: int) -> Iterator[str]:
    rows = [
        (code(_place(change)), code(changed.path) + (" **replaces**" if changed.forces_replacement else ""), *values)
        for change in changes
        for changed in change.properties
        for values in [tuple(code(text) for text in property_text(change, changed.path))]
    ]
    if rows:
        noun = "property" if len(rows) == 1 else "properties"
        yield from ("", f"<details><summary>{len(rows)} changed {noun}</summary>", "")
        yield from _cut(table(("Resource", "Property", "Before", "After"), rows), most_rows)
        yield from ("", "</details>")


def _amounts(plan: Plan) -> Iterator[str]:
    namespaces = [one for one in requested_changes(plan) if one.differs]
    charts = uncounted_charts(plan)
    if not namespaces and not charts:
        return
    yield from ("", "### Requested CPU, memory and storage", "")
    if namespaces:
        yield from table(("Namespace", "CPU", "Memory", "Storage"), [_amount_row(one) for one in namespaces])
        yield from ("", _COUNTING_NOTE)
    if plan.unlisted:
        yield f"Only what changes is counted: {plan.unlisted} resources that stay the same are not listed here."
    unknown = sum(one.after.unknown for one in namespaces)
    if unknown:
        yield f"{unknown} {'amount is' if unknown == 1 else 'amounts are'} not known before the change and not counted."
    if charts:
        yield f"Pods of charts are not counted: {', '.join(map(code, charts))}."


def _amount_row(change: NamespaceChange) -> tuple[str, ...]:
    before, after = change.before, change.after
    return (
        code(change.namespace),
        _amount(before.cpu, after.cpu, is_cpu=True),
        _amount(before.memory, after.memory),
        _amount(before.storage, after.storage),
    )


def _amount(before: int, after: int, *, is_cpu: bool = False) -> str:
    text = cpu_text if is_cpu else bytes_text
    if before == after:
        return text(after)
    return f"{text(before)} → {text(after)} (**{signed(after - before, text)}**)"


def _cut(lines: list[str], most_rows: int) -> list[str]:
    """Return a table with its head and at most so many rows."""
    head = 2
    left = len(lines) - head - most_rows
    if left <= 0:
        return lines
    return [
        *lines[: head + most_rows],
        "",
        f"… and {left} more, which GitHub's limit for a comment leaves no room for.",
    ]
