"""Whether the nodes have the workspace image that a DaemonSet keeps on them."""

__all__ = ["nodes_health"]

from collections.abc import Iterable, Mapping
from typing import Any, Final

from core.image_reference import ImageReference
from core.node_choice import NodeChoice
from jobs.prepull.decision import State, decide
from jobs.prepull.node_view import node_view
from lab.cluster import PartHealth

_PART: Final = "workspace image on the nodes"
_NEXT: Final = "kubectl -n spt-system describe pods -l app.kubernetes.io/name=prepull"


def nodes_health(daemon_set: Mapping[str, Any] | None, nodes: Iterable[Mapping[str, Any]]) -> PartHealth:
    """Name the image and each node that lacks it, by the judgement of the check that runs in the cluster.

    `daemon_set` is the one that keeps the image, with its image by digest; None if there is none.
    """
    if daemon_set is None:
        return PartHealth(_PART, healthy=False, detail="nothing keeps it there", next_command="make up")
    pod = daemon_set["spec"]["template"]["spec"]
    image = ImageReference.parse(pod["containers"][0]["image"])
    choice = NodeChoice.parse(pod.get("nodeSelector") or {}, pod.get("tolerations") or ())
    findings = decide(map(node_view, nodes), image, choice)
    lacking = [finding.node for finding in findings if finding.state.is_failure]
    if lacking:
        detail = f"{image} is missing on {', '.join(lacking)}"
        return PartHealth(_PART, healthy=False, detail=detail, next_command=_NEXT)
    present = sum(finding.state is State.PRESENT for finding in findings)
    expected = sum(finding.state.is_expected for finding in findings)
    return PartHealth(_PART, healthy=True, detail=f"{image.digest} on {present} of {expected}", next_command=None)
