"""The levels of nested virtualization: hosts stop at different ones, so each is tried and named on its own."""

__all__ = ["Attempt", "Level"]

from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """How far a host takes us; each level includes the ones below."""

    NONE = 0
    DEVICE = 1
    VCPU = 2
    GUEST = 3
    KERNEL = 4

    @property
    def title(self) -> str:
        """Return what was done at this level, in words."""
        return _TITLES[self]


_TITLES = {
    Level.NONE: "nothing",
    Level.DEVICE: "/dev/kvm opened",
    Level.VCPU: "VM and vCPU created",
    Level.GUEST: "guest instructions run",
    Level.KERNEL: "Linux kernel booted",
}


@dataclass(frozen=True)
class Attempt:
    """One level tried: whether it was reached, by what (kvm, emulation), how long it took, and a sentence."""

    level: Level
    reached: bool
    message: str
    seconds: float = 0.0
    by: str = "kvm"
