"""Which way snapshots are made on this cluster: by its storage (CSI), or file by file into a repository."""

__all__ = ["Facts", "Way", "choose"]

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from core.errors import SptFlowError

Way: TypeAlias = Literal["csi", "files"]
_NEXT = "kubectl get crd,volumesnapshotclasses | grep snapshot.storage.k8s.io"


@dataclass(frozen=True)
class Facts:
    """What the cluster says: whether it serves VolumeSnapshots, and the driver of the class, if the class is there."""

    class_name: str
    driver: str | None
    serves_snapshots: bool = field(default=True, kw_only=True)

    @property
    def objection(self) -> str | None:
        """Return why storage cannot make them, as a clause, or None."""
        if not self.serves_snapshots:
            return "the cluster serves no VolumeSnapshots"
        if not self.class_name:
            return "no VolumeSnapshotClass is named"
        if self.driver is None:
            return f"the cluster has no VolumeSnapshotClass '{self.class_name}'"
        return None


def choose(wish: Literal["auto", "csi", "files"], facts: Facts | None, *, has_repository: bool) -> tuple[Way, str]:
    """Return the way and why it is taken, as a clause.

    `facts` may be None where the wish is "files". Raise SptFlowError if the wish, or any way, cannot be had: what is
    asked for is never replaced by something weaker.
    """
    if wish == "files" or facts is None:
        if not has_repository:
            raise SptFlowError("Snapshots are wanted file by file, and no repository is named.")
        return "files", "the settings say so"
    if facts.objection is None:
        return "csi", f"the class '{facts.class_name}' of driver {facts.driver} makes them"
    if wish == "csi" or not has_repository:
        raise SptFlowError(f"No snapshots can be made by storage: {facts.objection}.", next_command=_NEXT)
    return "files", facts.objection
