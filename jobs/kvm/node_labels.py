"""What a probe found, as labels of the node: for people, and for what is scheduled by them."""

__all__ = ["label_node", "node_patch"]

import asyncio
from typing import Any, Final

import kr8s
from kr8s.asyncio.objects import Node

from core.errors import SptFlowError
from jobs.kvm.probe import Probe

_WORKS: Final = "spt-flow.dev/kvm"
_LEVEL: Final = "spt-flow.dev/kvm-level"
_MESSAGE: Final = "spt-flow.dev/kvm-message"


def node_patch(probe: Probe) -> dict[str, Any]:
    """Return the merge patch: whether KVM works and the level as labels, the sentence as an annotation."""
    return {
        "metadata": {
            "labels": {_WORKS: "true" if probe.works else "false", _LEVEL: probe.level.name.lower()},
            "annotations": {_MESSAGE: probe.message},
        }
    }


def label_node(name: str, probe: Probe) -> None:
    """Put the labels on the node; raise SptFlowError if the API server does not take them."""
    try:
        asyncio.run(_patch(name, probe))
    except (kr8s.NotFoundError, kr8s.ServerError, kr8s.APITimeoutError, OSError) as error:
        raise SptFlowError(
            f"The labels of node '{name}' could not be set: {error}.", next_command=f"kubectl get node {name}"
        ) from None


async def _patch(name: str, probe: Probe) -> None:
    node = await Node.get(name)
    await node.patch(node_patch(probe), type="merge")
