"""What the doctor makes of facts: each fault is found, named, and comes with a command; health is no fault."""

import dataclasses
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from lab.cluster.certificate import CertificateSpec, issue
from lab.doctor.certificates import certificate_parts, dated, lab_certificates
from lab.doctor.clock import clock_part
from lab.doctor.machine import machine_parts
from lab.doctor.pods import pod_parts
from lab.doctor.recent_runs import recent_run_parts
from lab.doctor.snapshots_by_storage import OF_CLAIM, newest_snapshot_parts
from lab.instance import LabInstance
from lab.preflight import HostFacts
from lab.preflight.facts import Device

_NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def _ago(**span: float) -> str:
    return (_NOW - timedelta(**span)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _cron_job(name: str, *, made: str, last: str | None = None, suspend: bool = False) -> dict[Any, Any]:
    status = {} if last is None else {"lastSuccessfulTime": last}
    item = {"metadata": {"creationTimestamp": made}, "spec": {"suspend": suspend}, "status": status}
    return {("CronJob", "coder", name): item}


def test_a_job_that_has_not_run_for_too_long_is_told_with_what_starts_it() -> None:
    (part,) = recent_run_parts(_cron_job("home-snapshots", made=_ago(days=9), last=_ago(hours=27)), _NOW)
    assert (part.healthy, part.detail) == (False, "27 h ago; at most 26 h")
    assert part.next_command == "kubectl -n coder create job home-snapshots-now --from=cronjob/home-snapshots"
    (part,) = recent_run_parts(_cron_job("home-snapshots", made=_ago(days=9), last=_ago(hours=25)), _NOW)
    assert part.healthy


def test_a_job_that_never_ran_is_late_only_when_it_has_been_there_for_long() -> None:
    (part,) = recent_run_parts(_cron_job("home-snapshot-drill", made=_ago(days=39)), _NOW)
    assert (part.healthy, part.detail) == (True, "none yet, it is there for 39 days")
    (part,) = recent_run_parts(_cron_job("home-snapshot-drill", made=_ago(days=41)), _NOW)
    assert not part.healthy


def test_a_suspended_job_is_a_fault_however_young_it_is() -> None:
    (part,) = recent_run_parts(_cron_job("registry-gc", made=_ago(minutes=3), suspend=True), _NOW)
    assert (part.healthy, part.detail) == (False, "suspended: it never runs")
    assert recent_run_parts(_cron_job("somebody-elses", made=_ago(days=99), suspend=True), _NOW) == []


def _pod(status: dict[str, Any], *, made: str, namespace: str = "coder") -> dict[Any, Any]:
    return {("Pod", namespace, "a"): {"metadata": {"creationTimestamp": made}, "status": status}}


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (
            {
                "phase": "Pending",
                "containerStatuses": [{"state": {"waiting": {"reason": "ImagePullBackOff", "message": "no such"}}}],
            },
            "ImagePullBackOff: no such",
        ),
        (
            {
                "phase": "Running",
                "initContainerStatuses": [{"state": {"terminated": {}}}],
                "containerStatuses": [{"state": {"waiting": {"reason": "CrashLoopBackOff"}}}],
            },
            "CrashLoopBackOff",
        ),
        (
            {
                "phase": "Pending",
                "conditions": [{"status": "False", "reason": "Unschedulable", "message": "0/1 nodes"}],
            },
            "Unschedulable: 0/1 nodes",
        ),
        ({"phase": "Pending"}, "Pending, and nothing says why"),
    ],
)
def test_a_pod_that_waits_is_told_with_its_reason_after_two_minutes(status: dict[str, Any], reason: str) -> None:
    (part,) = pod_parts(_pod(status, made=_ago(minutes=3)), _NOW)
    assert (part.healthy, part.detail, part.next_command) == (False, reason, "kubectl -n coder describe pod a")
    assert pod_parts(_pod(status, made=_ago(minutes=1)), _NOW)[0].healthy
    assert pod_parts(_pod(status, made=_ago(minutes=3), namespace="elsewhere"), _NOW)[0].healthy


def test_pods_that_run_or_have_ended_are_well() -> None:
    for phase in ("Running", "Succeeded", "Failed"):
        assert pod_parts(_pod({"phase": phase}, made=_ago(days=1)), _NOW)[0].healthy


def _certificate(days: int) -> bytes:
    spec = CertificateSpec(name="x", common_name="x", issuer=None, days=days)
    return issue(spec, None).certificate.public_bytes(serialization.Encoding.PEM)


def test_a_certificate_is_told_before_it_ends_and_when_it_is_none(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    found = dated([("long", _certificate(365)), ("short", _certificate(10)), ("none", b"no PEM")], "renew it")
    parts = certificate_parts("certificates", found, now)
    assert [(part.healthy, part.next_command) for part in parts] == [(False, "renew it")] * 2
    assert parts[0].detail.startswith("short ends ")
    assert parts[1].detail == "none ended 1970-01-01"
    (tmp_path / "long.crt").write_bytes(_certificate(365))
    (part,) = certificate_parts("certificates", lab_certificates(tmp_path), now)
    assert part.healthy
    assert "1 hold; long ends first" in part.detail
    assert certificate_parts("certificates", [], now) == []


def test_a_certificate_of_the_future_means_a_clock_that_is_behind() -> None:
    (found,) = dated([("new", _certificate(365))], "renew it")
    (part,) = certificate_parts("certificates", [found], found.begins - timedelta(hours=1))
    assert not part.healthy
    assert "clock may be behind" in part.detail


@pytest.mark.parametrize(("seconds", "is_healthy"), [(-31, False), (-29, True), (0, True), (29, True), (40, False)])
def test_clocks_may_differ_by_half_a_minute(seconds: int, *, is_healthy: bool) -> None:
    part = clock_part(_NOW + timedelta(seconds=seconds), _NOW, _NOW + timedelta(seconds=2))
    assert part.healthy is is_healthy
    assert (part.next_command is None) is is_healthy


def _home(made: str) -> dict[Any, Any]:
    labels = {"com.coder.workspace.id": "1"}
    item = {"metadata": {"uid": "u", "labels": labels, "creationTimestamp": made}}
    return {("PersistentVolumeClaim", "coder-workspace", "home"): item}


def _snapshot(made: str, *, ready: bool = True) -> dict[str, Any]:
    return {
        "metadata": {"labels": {OF_CLAIM: "u"}, "creationTimestamp": made},
        "status": {"readyToUse": ready},
    }


def test_a_home_is_covered_by_a_ready_snapshot_of_the_last_26_hours_alone() -> None:
    old = _home(_ago(days=9))
    (part,) = newest_snapshot_parts(old, [_snapshot(_ago(hours=30)), _snapshot(_ago(hours=25))], _NOW)
    assert part.healthy
    (part,) = newest_snapshot_parts(old, [_snapshot(_ago(hours=27)), _snapshot(_ago(hours=1), ready=False)], _NOW)
    assert (part.healthy, part.detail) == (False, "the newest of home is of 2026-11-21 09:00 UTC")
    (part,) = newest_snapshot_parts(old, [], _NOW)
    assert (part.healthy, part.detail) == (False, "home has none")
    (part,) = newest_snapshot_parts(_home(_ago(hours=2)), [], _NOW)
    assert part.healthy, "a new home has a day"


def test_every_fault_of_the_machine_is_told_not_the_first_alone(tmp_path: Path) -> None:
    instance = LabInstance(name="lab", slot=0, directory=tmp_path)
    well = HostFacts(
        effective_user=0,
        system="debian",
        release="12",
        machine="x86_64",
        has_apt=True,
        devices=(Device("eth0", (IPv4Network("192.0.2.0/24"),)),),
        routes=(),
        free_disk=50 * 1024**3,
        toolchain_complete=True,
        memory=16 * 1024**3,
        cgroup_version=2,
        cgroup_controllers=frozenset({"cpu", "memory", "pids"}),
        cgroup_writable=True,
        missing_features=(),
        runtimes=(),
        kept_name=None,
        kept_slot=None,
    )
    machine, disk = machine_parts(well, instance)
    assert (machine.healthy, disk.healthy, disk.detail) == (True, True, f"50.0 GiB free for {tmp_path}")
    bad = dataclasses.replace(well, free_disk=1024**3, machine="riscv64")
    parts = machine_parts(bad, instance)
    assert [part.healthy for part in parts] == [False, False]
    assert "riscv64" in parts[0].detail
    assert "1.0 GiB" in parts[1].detail
