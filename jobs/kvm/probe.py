"""Whether this node's KVM works: the device opened, a VM and a vCPU created."""

__all__ = ["Probe", "probe_kvm"]

from dataclasses import dataclass
from pathlib import Path

from microvm.kernel_boot import BootFiles
from microvm.ladder import climb
from microvm.level import Level


@dataclass(frozen=True)
class Probe:
    """What a probe found: the highest level reached, and a sentence for people."""

    level: Level
    message: str

    @property
    def works(self) -> bool:
        """Say whether a pod that gets the device can run a VM."""
        return self.level >= Level.VCPU


def probe_kvm(device: str) -> Probe:
    """Try the device up to running a guest, each level with a time limit."""
    reached, message = Level.NONE, ""
    for attempt in climb(BootFiles(Path(), Path()), target=Level.GUEST, device=device):
        message = attempt.message
        if attempt.reached:
            reached = attempt.level
    return Probe(reached, message)
