"""The table of flows as docs/network.md shows it: a row for each flow, and the stacks that have it."""

__all__ = ["flow_table"]

from collections.abc import Mapping, Sequence

from components.network_flows import OUTSIDE, Addresses, Flow, Pods

_EVERYWHERE = "0.0.0.0/0"


def flow_table(flows: Mapping[str, Sequence[Flow]]) -> str:
    """Return the rows of several stacks as Markdown, in the order of the program; addresses differ by stack."""
    rows: dict[tuple[str, str, str, str], list[str]] = {}
    for stack, listed in flows.items():
        for flow in listed:
            row = (flow.name, _end(flow.source), _end(flow.target), _ports(flow))
            rows.setdefault(row, []).append(stack)
    lines = ["| Flow | From | To | Ports | Stacks |", "|---|---|---|---|---|"]
    for row, stacks in rows.items():
        lines.append(f"| {' | '.join(row)} | {'all' if len(stacks) == len(flows) else ', '.join(stacks)} |")
    return "\n".join(lines)


def _end(end: Pods | Addresses) -> str:
    if isinstance(end, Addresses):
        if _EVERYWHERE in end.cidrs:
            left_out = ["link-local addresses"] * any(map(_is_link_local, end.but_not))
            left_out += ["the nodes' networks"] * (not all(map(_is_link_local, end.but_not)))
            return " but ".join(["everywhere", *([" and ".join(left_out)] if left_out else [])])
        return "the nodes' networks"
    chosen = ", ".join(f"`{value}`" for _, value in end.labels) or "every pod"
    others = f" but {', '.join(f'`{name}`' for name in end.but_not)}" if end.but_not else ""
    return f"{chosen}{others} in `{end.namespace}`"


def _is_link_local(network: str) -> bool:
    return network in OUTSIDE.but_not


def _ports(flow: Flow) -> str:
    return ", ".join(f"{port.protocol} {port.number}" for port in flow.ports) or "any"
