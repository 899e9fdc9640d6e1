"""This machine: whether a lab can run on it, its kernel, its disk."""

__all__ = ["machine_parts"]

import platform

from lab.cluster import PartHealth
from lab.instance import LabInstance
from lab.preflight import HostFacts
from lab.preflight.checks import CHECKS, GIB, notes


def machine_parts(facts: HostFacts, instance: LabInstance) -> list[PartHealth]:
    """Return the machine, its disk, and each thing that keeps a lab from running here: all, not the first alone."""
    findings = [found for check in CHECKS if (found := check(facts, instance)) is not None]
    faults = [
        PartHealth("machine", healthy=False, detail=found.sentence, next_command=found.next_command)
        for found in findings
    ]
    system = f"{facts.system} {facts.release}".strip()
    told = [f"{system}, {facts.machine}, kernel {platform.release()}, {facts.memory / GIB:.1f} GiB", *notes(facts)]
    whole = PartHealth("machine", healthy=True, detail="; ".join(note.rstrip(".") for note in told))
    disk = PartHealth("disk", healthy=True, detail=f"{facts.free_disk / GIB:.1f} GiB free for {instance.directory}")
    return faults or [whole, disk]
