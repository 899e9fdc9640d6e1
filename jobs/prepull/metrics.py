"""What the nodes have, in Prometheus' text format."""

__all__ = ["LAST_SUCCESS", "render"]

from collections.abc import Sequence
from typing import Final

from jobs.prepull.decision import Finding, State

_PREFIX: Final = "spt_flow_prepull"

LAST_SUCCESS: Final = f"{_PREFIX}_last_success_timestamp_seconds"
"""When a check last found the image on every node that has to have it."""

_COUNTS: Final = {
    State.PRESENT: ("nodes_present", "Nodes that have the workspace image."),
    State.MISSING: ("nodes_missing", "Nodes that lack it: a workspace there waits for a pull."),
    State.UNLISTED: ("nodes_unlisted", "Nodes of which it cannot be told: their report of images is full."),
    State.NOT_READY: ("nodes_not_ready", "Nodes that are not ready, and of which nothing is asked."),
    State.NOT_MEANT: ("nodes_not_meant", "Nodes that are not for workspaces."),
}


def render(findings: Sequence[Finding], seconds: float, now: float, last_success: float | None) -> str:
    """Return the metrics of a check that took `seconds`; times are seconds since the epoch.

    Each node that has to have the image is a value of its own, 1 or 0, so that an alert can name it. Without a success
    there is no such metric.
    """
    metrics: list[tuple[str, str, dict[str, float]]] = [
        (name, text, {"": sum(finding.state is state for finding in findings)})
        for state, (name, text) in _COUNTS.items()
    ]
    each = {
        f'{{node="{finding.node}"}}': float(finding.state is State.PRESENT)
        for finding in findings
        if finding.state.is_expected
    }
    metrics.append(("node_has_image", "Whether the node has the workspace image.", each))
    metrics.append(("seconds", "Duration of the check, with the time it gave to pulls.", {"": seconds}))
    metrics.append(("last_run_timestamp_seconds", "When the last check ended.", {"": now}))
    text = "".join(_metric(f"{_PREFIX}_{name}", words, values) for name, words, values in metrics)
    if last_success is None:
        return text
    return text + _metric(LAST_SUCCESS, "When a check last found it on every node.", {"": last_success})


def _metric(name: str, text: str, values: dict[str, float]) -> str:
    lines = "".join(f"{name}{labels} {value:.17g}\n" for labels, value in values.items())
    return f"# HELP {name} {text}\n# TYPE {name} gauge\n{lines}"
