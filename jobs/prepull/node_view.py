"""A node as the API writes it, read for what matters to the image."""

__all__ = ["node_view"]

from collections.abc import Mapping
from typing import Any

from core.node_choice import Taint
from jobs.prepull.decision import NodeView


def node_view(manifest: Mapping[str, Any]) -> NodeView:
    """Return what matters of a Node; what it does not say is empty, and a node that does not say so is not ready."""
    metadata, spec, status = manifest["metadata"], manifest.get("spec") or {}, manifest.get("status") or {}
    ready = [each["status"] for each in status.get("conditions") or [] if each["type"] == "Ready"]
    return NodeView(
        name=metadata["name"],
        labels=tuple((metadata.get("labels") or {}).items()),
        taints=tuple(Taint(each["key"], each.get("value") or "", each["effect"]) for each in spec.get("taints") or []),
        is_ready=ready == ["True"],
        images=tuple(tuple(each.get("names") or ()) for each in status.get("images") or []),
    )
