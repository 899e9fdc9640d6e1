"""Telling what the node says now from what it said before a crash: the API server remembers the old words."""

__all__ = ["node_reported_since", "pod_ready_since"]

import datetime as dt
from collections.abc import Mapping
from typing import Any


def node_reported_since(node: Mapping[str, Any] | None, since: float | None) -> bool:
    """Tell whether a Node is Ready by a report made at or after `since` (seconds since 1970; None: any report)."""
    condition = _true_condition(node)
    return condition is not None and _at_or_after(condition.get("lastHeartbeatTime"), since)


def pod_ready_since(pod: Mapping[str, Any], since: float | None) -> bool:
    """Tell whether a Pod is Ready with every container started at or after `since`, and not being deleted."""
    if _true_condition(pod) is None or "deletionTimestamp" in pod["metadata"]:
        return False
    containers = pod["status"].get("containerStatuses", [])
    starts = [container.get("state", {}).get("running", {}).get("startedAt") for container in containers]
    return bool(starts) and all(_at_or_after(start, since) for start in starts)


def _true_condition(item: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    conditions = [] if item is None else item.get("status", {}).get("conditions", [])
    return next((entry for entry in conditions if entry["type"] == "Ready" and entry["status"] == "True"), None)


def _at_or_after(stamp: str | None, since: float | None) -> bool:
    if stamp is None:
        return False
    # The API server's times are whole seconds.
    return since is None or dt.datetime.fromisoformat(stamp).timestamp() >= int(since)
