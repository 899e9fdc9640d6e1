"""One check: look at the nodes, give pulls some time, name the nodes that still lack the image."""

__all__ = ["run_prepull_check"]

import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from jobs.event_log import EventLog
from jobs.metrics_output import MetricsOutput
from jobs.prepull.decision import Finding, NodeView, State, decide
from jobs.prepull.metrics import LAST_SUCCESS, render
from jobs.prepull.nodes import list_nodes
from jobs.prepull.settings import PrepullCheckSettings

_POLL_SECONDS: Final = 10.0
_JOB: Final = "spt-flow-prepull"
_NEXT: Final = {
    State.MISSING: "kubectl -n spt-system describe pods -l app.kubernetes.io/name=prepull",
    State.UNLISTED: "set nodeStatusMaxImages: -1 in the kubelet's configuration of that node",
}


def run_prepull_check(
    settings: PrepullCheckSettings,
    log: EventLog,
    *,
    look: Callable[[], Sequence[NodeView]] = list_nodes,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> int:
    """Return 0 if every node that has to have the image has it, else 1; raise SptFlowError if they cannot be seen.

    What could not be seen is not published: the time of the last run then gets old, which is a metric, too.
    """
    started = clock()
    end = started + settings.wait_seconds
    findings = decide(look(), settings.image, settings.choice)
    while any(finding.state.is_failure for finding in findings) and (left := end - clock()) > 0:
        sleep(min(_POLL_SECONDS, left))
        findings = decide(look(), settings.image, settings.choice)
    seconds = round(clock() - started, 3)
    is_success = not any(finding.state.is_failure for finding in findings)
    output = MetricsOutput(_JOB, LAST_SUCCESS, settings.metrics_file, settings.pushgateway_url)
    output.publish(partial(render, findings, seconds), log, is_success=is_success)
    _tell(settings, findings, log, seconds)
    return 0 if is_success else 1


def _tell(settings: PrepullCheckSettings, findings: Sequence[Finding], log: EventLog, seconds: float) -> None:
    """Write a line for each node that is no matter of course, and the sum of all."""
    for finding in findings:
        if finding.state.is_failure:
            log.write(
                f"image-{finding.state.value}",
                level="error",
                node=finding.node,
                reason=finding.reason,
                next=_NEXT[finding.state],
            )
        elif finding.state is State.NOT_READY:
            log.write("node-not-ready", level="warning", node=finding.node, reason=finding.reason)
    counts = Counter(finding.state for finding in findings)
    expected = sum(finding.state.is_expected for finding in findings)
    if not expected:
        log.write("no-node", level="warning", reason="no node has to have the image; is the selector meant so?")
    log.write(
        "finished",
        level="info" if expected == counts[State.PRESENT] else "error",
        image=str(settings.image),
        missing=[finding.node for finding in findings if finding.state is State.MISSING],
        unlisted=[finding.node for finding in findings if finding.state is State.UNLISTED],
        seconds=seconds,
        **{state.value.replace("-", "_") + "_nodes": counts[state] for state in State},
    )
