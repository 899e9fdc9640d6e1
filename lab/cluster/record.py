"""Which process a running lab is: written when it is launched, believed only while that very process lives."""

__all__ = ["LabRecord", "process_started", "read_record", "running_record", "write_record"]

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from lab.cluster.layout import ClusterLayout
from lab.cluster.stored_file import write_if_changed

_START_FIELD = 19
"""Index of the start time in /proc/PID/stat, counted after the command name."""


class LabRecord(BaseModel):
    """The lab's first process as the host sees it, and what it was started with."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    pid: int
    started: int
    """Clock ticks since boot: together with the id it names one process, never a later one."""
    plan: str
    """Digest of the boot plan; a different one needs new namespaces."""
    addons: str = ""
    """Digest of the manifests last applied."""


def process_started(pid: int) -> int | None:
    """Return the start time of a process in clock ticks since boot; None when it is not there or a zombie."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return None if fields[0] == "Z" else int(fields[_START_FIELD])


def read_record(layout: ClusterLayout) -> LabRecord | None:
    """Return what was last written; None when there is nothing readable."""
    try:
        return LabRecord.model_validate_json(layout.record.read_bytes())
    except (OSError, ValidationError):
        return None


def running_record(layout: ClusterLayout) -> LabRecord | None:
    """Return the record of a lab whose first process lives now."""
    record = read_record(layout)
    if record is None or process_started(record.pid) != record.started:
        return None
    return record


def write_record(layout: ClusterLayout, record: LabRecord) -> None:
    """Write `record`, whole or not at all."""
    write_if_changed(layout.record, record.model_dump_json() + "\n", mode=0o600)
