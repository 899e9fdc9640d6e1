"""Which nodes have an image, and which should: a pure decision on what the nodes themselves report."""

__all__ = ["Finding", "NodeView", "State", "decide"]

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from core.image_reference import ImageReference, ImageReferenceError
from core.node_choice import NodeChoice, Taint

# The kubelet reports its largest images only, 50 unless nodeStatusMaxImages says otherwise (-1: all of them).
_MOST_LISTED: Final = 50


class State(Enum):
    """What is to be said of a node and the image."""

    PRESENT = "present"
    """It has the image."""
    MISSING = "missing"
    """It is ready for a workspace that would have to wait for a pull."""
    UNLISTED = "unlisted"
    """Its report is full, and the image not in it: it cannot be told."""
    NOT_READY = "not-ready"
    """Nothing can start on it now, with or without the image."""
    NOT_MEANT = "not-meant"
    """It is none of the nodes that the image is kept on."""

    @property
    def is_failure(self) -> bool:
        """Say whether somebody has to look: the image is not there, or it cannot be known."""
        return self in (State.MISSING, State.UNLISTED)

    @property
    def is_expected(self) -> bool:
        """Say whether the image has to be there now."""
        return self not in (State.NOT_READY, State.NOT_MEANT)


@dataclass(frozen=True)
class NodeView:
    """What the API says of a node; `images` holds, for each image in its report, the names that it goes by."""

    name: str
    labels: tuple[tuple[str, str], ...] = ()
    taints: tuple[Taint, ...] = ()
    is_ready: bool = True
    images: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Finding:
    """What is to be said of one node; `reason` is a clause without the node's name."""

    node: str
    state: State
    reason: str


def decide(nodes: Iterable[NodeView], image: ImageReference, choice: NodeChoice) -> tuple[Finding, ...]:
    """Return one finding for each node, by name. `image` has a digest; a tag beside it decides nothing."""
    return tuple(_judge(node, image, choice) for node in sorted(nodes, key=lambda node: node.name))


def _judge(node: NodeView, image: ImageReference, choice: NodeChoice) -> Finding:
    objection = choice.objection(dict(node.labels), node.taints)
    if objection is not None:
        return Finding(node.name, State.NOT_MEANT, objection)
    if not node.is_ready:
        return Finding(node.name, State.NOT_READY, "it is not ready")
    if any(_is(name, image) for names in node.images for name in names):
        return Finding(node.name, State.PRESENT, "it has the image")
    if len(node.images) >= _MOST_LISTED:
        reason = f"it reports {len(node.images)} images, the largest ones, and this is not among them"
        return Finding(node.name, State.UNLISTED, reason)
    return Finding(node.name, State.MISSING, f"it reports {len(node.images)} images, and this is not among them")


def _is(name: str, image: ImageReference) -> bool:
    """Say whether the name is that of the image: from elsewhere, or by tag, the kubelet would pull it again."""
    try:
        found = ImageReference.parse(name)
    except ImageReferenceError:
        return False
    return (found.registry, found.repository, found.digest) == (image.registry, image.repository, image.digest)
