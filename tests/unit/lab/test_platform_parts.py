"""What each object of the platform says of its health."""

from typing import Any

import pytest

from lab.platform_parts import Objects, cron_job_part, namespace_part, volume_part, workload_part


def _found(kind: str, item: dict[str, Any], namespace: str = "coder") -> Objects:
    return {(kind, namespace, "thing"): item}


@pytest.mark.parametrize(
    ("kind", "item", "is_healthy", "detail"),
    [
        ("Deployment", {"spec": {"replicas": 2}, "status": {"readyReplicas": 2}}, True, "2 of 2 replicas ready"),
        ("Deployment", {"spec": {"replicas": 2}, "status": {"readyReplicas": 1}}, False, "1 of 2 replicas ready"),
        ("StatefulSet", {"spec": {}, "status": {}}, False, "0 of 1 replicas ready"),
        ("Deployment", {"spec": {"replicas": 0}, "status": {}}, False, "closed: 0 replicas are wanted"),
        ("DaemonSet", {"status": {"desiredNumberScheduled": 0, "numberReady": 0}}, True, "0 of 0 pods ready"),
        ("DaemonSet", {"status": {"desiredNumberScheduled": 2, "numberReady": 1}}, False, "1 of 2 pods ready"),
    ],
)
def test_a_workload_is_healthy_when_every_pod_that_is_wanted_is_ready(
    kind: str, item: dict[str, Any], *, is_healthy: bool, detail: str
) -> None:
    part = workload_part(kind, "coder", "thing", _found(kind, item))
    assert (part.healthy, part.detail, part.next_command is None) == (is_healthy, detail, is_healthy)


def test_what_is_missing_is_made_by_make_up() -> None:
    parts = [
        workload_part("Deployment", "coder", "thing", {}),
        cron_job_part("coder", "thing", {}),
        volume_part("coder", "thing", {}),
        namespace_part("thing", {}),
    ]
    assert [(part.healthy, part.detail, part.next_command) for part in parts] == [(False, "missing", "make up")] * 4


@pytest.mark.parametrize(
    ("status", "is_healthy"),
    [
        ({}, True),
        ({"lastScheduleTime": "2026-11-22T02:00:00Z", "lastSuccessfulTime": "2026-11-22T02:01:00Z"}, True),
        ({"lastScheduleTime": "2026-11-22T02:00:00Z", "lastSuccessfulTime": "2026-11-21T02:01:00Z"}, False),
        ({"lastScheduleTime": "2026-11-22T02:00:00Z", "active": [{}]}, True),
        ({"lastScheduleTime": "2026-11-22T02:00:00Z"}, False),
    ],
)
def test_a_run_that_ended_without_success_has_failed(status: dict[str, Any], *, is_healthy: bool) -> None:
    assert cron_job_part("coder", "thing", _found("CronJob", {"status": status})).healthy is is_healthy


def test_a_claim_without_a_volume_is_told_with_its_size() -> None:
    claim = {"spec": {"resources": {"requests": {"storage": "5Gi"}}}, "status": {"phase": "Pending"}}
    part = volume_part("coder", "thing", _found("PersistentVolumeClaim", claim))
    assert (part.healthy, part.detail) == (False, "pending 5Gi")
