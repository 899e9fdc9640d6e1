"""The whole examination, in the order in which one thing needs another."""

__all__ = ["examine"]

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from core.command import Command
from core.errors import SptFlowError
from lab.cluster import PartHealth, lab_status
from lab.cluster.layout import ClusterLayout
from lab.deploy.stack_file import StackFile
from lab.doctor.certificates import certificate_parts, entry_certificates, lab_certificates
from lab.doctor.clock import clock_part, server_time
from lab.doctor.machine import machine_parts
from lab.doctor.pods import pod_parts
from lab.doctor.recent_runs import recent_run_parts
from lab.doctor.snapshots_by_storage import OF_CLAIM, newest_snapshot_parts
from lab.instance import LabInstance
from lab.manual_jobs import stack_kubectl
from lab.platform_health import declared_parts, platform_status
from lab.platform_parts import read_objects
from lab.preflight import gather_facts
from lab.toolchain import toolchain_bin

_SECONDS = 10


def examine(stack: StackFile, instance: LabInstance) -> Iterator[PartHealth]:
    """Yield what is found about the stack's cluster and, if that is the lab, about this machine; changes nothing.

    What cannot be looked at because something else is wrong is left out.
    """
    if stack.cluster == "lab":
        parts = [*machine_parts(gather_facts(instance, toolchain_complete=True), instance), *lab_status(instance)]
        yield from parts
        yield from certificate_parts(
            "certificates of the lab", lab_certificates(ClusterLayout.of(instance).pki), datetime.now(UTC)
        )
        if not all(part.healthy for part in parts):
            return
        yield from platform_status(instance)
    yield from _cluster(stack, instance)


def _cluster(stack: StackFile, instance: LabInstance) -> Iterator[PartHealth]:
    where = stack_kubectl(stack, instance)
    try:
        before = datetime.now(UTC).replace(microsecond=0)
        server = server_time(where)
        found = read_objects(where)
        certificates = entry_certificates(where)
        snapshots = _snapshots(where)
    except SptFlowError as error:
        yield PartHealth("cluster", healthy=False, detail=error.message, next_command=_reach(where))
        return
    now = datetime.now(UTC)
    if stack.cluster != "lab":
        yield from declared_parts(found)
    yield clock_part(server, before, now)
    yield from certificate_parts("certificates of the entries", certificates, now)
    yield from pod_parts(found, now)
    yield from recent_run_parts(found, now)
    if snapshots is not None:
        yield from newest_snapshot_parts(found, snapshots, now)


def _snapshots(where: Sequence[str]) -> list[dict[str, Any]] | None:
    """Return the platform's VolumeSnapshots, None if the cluster knows none or the jobs keep files instead."""
    kubectl = Command("kubectl", path=[toolchain_bin()])
    question = ("-n", "coder-workspace", "get", "volumesnapshots.snapshot.storage.k8s.io", "-l", OF_CLAIM)
    found = kubectl.run(*where, *question, "-o", "json", check=False, timeout=_SECONDS)
    items: list[dict[str, Any]] = json.loads(found.stdout)["items"] if found.returncode == 0 else []
    return items or None


def _reach(where: Sequence[str]) -> str:
    return " ".join(["kubectl", *where, "get", "nodes"])
