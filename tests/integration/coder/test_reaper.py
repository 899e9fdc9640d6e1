"""The reaper's CronJob in the cluster: a CI workspace goes at its deadline, an orphaned volume after its grace."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sptcoder.api import CoderClient
from sptcoder.api.models.workspace import Workspace
from tests.support.coder_site import CONTROL_PLANE, WORKSPACES, CoderSite
from tests.support.patience import wait_until

pytestmark = pytest.mark.lab

TEMPLATE = "spt-flow-ci"
LIFE = timedelta(minutes=1)
"""The shortest the server takes."""


@pytest.fixture(scope="module", autouse=True)
def _no_runs_by_itself(site: CoderSite) -> Iterator[None]:
    """Keep the CronJob from running on its own while its Jobs are watched."""
    switch = ("-n", CONTROL_PLANE, "patch", "cronjob", "reaper", "--type=merge", "-p")
    site.kubectl.run(*switch, '{"spec": {"suspend": true}}')
    yield
    site.kubectl.run(*switch, '{"spec": {"suspend": false}}')


@pytest.fixture(scope="module")
def short_lived(site: CoderSite) -> Workspace:
    parameters = {"cpu": "1", "memory": "1", "disk": "1", "enable_nested_virt": "false"}
    with site.client() as client:
        wait_until(client.deployment.is_healthy, seconds=120)
        milliseconds = int(LIFE.total_seconds() * 1000)
        return site.start(client, "ci-short-lived", template=TEMPLATE, parameters=parameters, ttl_ms=milliseconds)


def test_a_ci_workspace_lives_until_its_deadline_and_is_then_deleted_with_its_volume(
    site: CoderSite, client: CoderClient, short_lived: Workspace
) -> None:
    template = client.templates.find(TEMPLATE)
    assert template is not None
    assert (template.activity_bump_ms, template.default_ttl_ms) == (0, 30 * 60 * 1000)
    assert short_lived.created_at is not None
    deadline = short_lived.created_at + LIFE
    if datetime.now(UTC) < deadline - timedelta(seconds=10):
        early = events(site.job_from("reaper", "reaper-early"))
        assert [event for event in early if event["event"] == "delete-workspace"] == []
        assert client.workspaces.get(short_lived.id).latest_build.status == "running"

    time.sleep(max((deadline - datetime.now(UTC)).total_seconds() + 1, 0))
    late = events(site.job_from("reaper", "reaper-late"))
    deleted = [event for event in late if event["event"] == "delete-workspace"]
    assert [event["outcome"] for event in deleted] == ["started", "done"]
    assert {event["workspace_id"] for event in deleted} == {short_lived.id}
    wait_until(lambda: site.kinds(short_lived.id) == [], seconds=60)
    assert client.workspaces.find("ci-short-lived") is None


def test_an_orphaned_volume_is_marked_first_and_removed_after_its_grace(
    site: CoderSite, short_lived: Workspace
) -> None:
    """The volume carries the id of the workspace that the test before has seen deleted."""
    site.kubectl.apply(claim("orphan-of-deleted", short_lived.id))
    site.kubectl.apply(claim("orphan-of-nobody", "00000000-0000-4000-8000-000000000001"))
    try:
        first = events(site.job_from("reaper", "reaper-marks"))
        assert outcomes(first, "orphan-of-deleted") == [("mark-claim", "done")]
        assert [event for event, _ in outcomes(first, "orphan-of-nobody")] == ["keep-unknown"]
        assert claims(site) >= {"orphan-of-deleted", "orphan-of-nobody"}

        second = events(site.job_from("reaper", "reaper-keeps"))
        assert outcomes(second, "orphan-of-deleted") == [("keep-orphan", "kept")]

        third = events(site.job_from("reaper", "reaper-removes", lambda container: set_env(container, "0")))
        assert outcomes(third, "orphan-of-deleted") == [("delete-claim", "done")]
        wait_until(lambda: "orphan-of-deleted" not in claims(site), seconds=60)
        assert "orphan-of-nobody" in claims(site)
    finally:
        for name in ("orphan-of-deleted", "orphan-of-nobody"):
            site.kubectl.delete(f"persistentvolumeclaim/{name}", namespace=WORKSPACES)


def events(log: str) -> list[dict[str, Any]]:
    """Return the lines of a job's log; the last one must say that all went well."""
    lines: list[dict[str, Any]] = [json.loads(line) for line in log.splitlines()]
    assert lines[-1]["event"] == "finished", log
    assert not [line for line in lines if line["level"] == "error"], log
    return lines


def outcomes(lines: list[dict[str, Any]], name: str) -> list[tuple[str, str]]:
    return [(line["event"], line["outcome"]) for line in lines if line.get("claim") == name]


def claims(site: CoderSite) -> set[str]:
    return {item["metadata"]["name"] for item in site.kubectl.get("-n", WORKSPACES, "persistentvolumeclaims")["items"]}


def set_env(container: dict[str, Any], hours: str) -> None:
    container["env"] = [item for item in container["env"] if item["name"] != "REAPER_GRACE_HOURS"]
    container["env"].append({"name": "REAPER_GRACE_HOURS", "value": hours})


def claim(name: str, workspace_id: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {
            "name": name,
            "namespace": WORKSPACES,
            "labels": {"com.coder.resource": "true", "com.coder.workspace.id": workspace_id},
        },
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Mi"}}},
    }
