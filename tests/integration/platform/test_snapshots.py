"""Snapshots file by file on a real lab: data is written, its volume destroyed, and every byte of it comes back."""

import json
import secrets
import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from components.snapshots_manifests import SNAPSHOTS_NAME
from jobs.environment import read_settings
from jobs.snapshots.cluster import Cluster
from jobs.snapshots.homes import HOME_LABEL
from jobs.snapshots.settings import SnapshotSettings
from jobs.snapshots.worker_pods import WorkerPods
from lab.manual_jobs import run_snapshot_job, stack_kubectl
from tests.integration.conftest import Platform
from tests.support.patience import wait_until

pytestmark = pytest.mark.lab

_SPACE = "coder-workspace"


@pytest.fixture
def settings(platform: Platform) -> SnapshotSettings:
    """Return what the jobs of the deployed stack are told."""
    cron_job = platform.kubectl.get("-n", "coder", f"cronjob/{SNAPSHOTS_NAME}")
    pod = cron_job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    return read_settings(SnapshotSettings, {each["name"]: each["value"] for each in pod["containers"][0]["env"]})


@pytest.fixture
def home(platform: Platform) -> Iterator[str]:
    """Make a home without data."""
    name = f"home-{secrets.token_hex(4)}"
    claim = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {
            "name": name,
            "namespace": _SPACE,
            "labels": {HOME_LABEL: secrets.token_hex(4), "com.coder.workspace.name": "snapshot-test"},
        },
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "storageClassName": "local-path",
            "resources": {"requests": {"storage": "256Mi"}},
        },
    }
    platform.kubectl.apply(claim)
    yield name
    platform.kubectl.delete(f"persistentvolumeclaim/{name}", namespace=_SPACE)


def _claims(platform: Platform) -> dict[str, Any]:
    items = platform.kubectl.get("-n", _SPACE, "persistentvolumeclaims")["items"]
    return {each["metadata"]["name"]: each for each in items}


def _job(platform: Platform, verb: str, *arguments: str) -> tuple[bool, list[dict[str, Any]]]:
    said: list[Mapping[str, Any]] = []
    where = stack_kubectl(platform.stack, platform.instance)
    is_success = run_snapshot_job(where, verb, *arguments, tell=said.append)
    return is_success, [dict(each) for each in said]


def _of(said: list[dict[str, Any]], event: str) -> dict[str, Any]:
    found = [each for each in said if each["event"] == event]
    assert found, json.dumps(said, indent=1)
    return found[-1]


def test_a_destroyed_home_comes_back_byte_for_byte_and_the_drill_says_so(
    platform: Platform, settings: SnapshotSettings, home: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(platform.instance.kubeconfig))
    with Cluster() as cluster:
        beside = WorkerPods(cluster, settings)
        written = beside.run({"do": "fill"}, volume=home)
        time.sleep(6)  # what changed within some seconds of a snapshot is not compared by the drill

        is_success, said = _job(platform, "home-snapshots")
        assert is_success, said
        way = _of(said, "way")
        assert (way["way"], way["reason"]) == ("files", "the cluster serves no VolumeSnapshots")
        assert _of(said, "finished")["uncovered"] == 0

        is_success, said = _job(platform, "drill-homes", "--override=a test")
        assert is_success, said
        assert _of(said, "destroyed")["outcome"] == "restored"
        tried = _of(said, "newest")
        assert (tried["outcome"], tried["compared"] > 0) == ("same", True)
        told = _of(said, "finished")
        assert 0 < told["recovery_seconds"] < 300
        assert 0 <= told["recovery_point_seconds"] < 3600
        assert not [name for name in _claims(platform) if name.startswith("snapshot-drill-")]

        before = _claims(platform)[home]
        platform.kubectl.delete(f"persistentvolumeclaim/{home}", namespace=_SPACE)
        wait_until(lambda: home not in _claims(platform), seconds=60)
        is_success, said = _job(platform, "restore-home", "--claim", home)
        assert is_success, said
        after = _claims(platform)[home]
        assert after["metadata"]["uid"] != before["metadata"]["uid"]
        assert after["metadata"]["labels"] == before["metadata"]["labels"]
        found = beside.run({"do": "digest"}, volume=home)
        assert {key: found[key] for key in ("digest", "entries", "bytes")} == {
            key: written[key] for key in ("digest", "entries", "bytes")
        }
        # A claim that is there is never written to.
        is_success, said = _job(platform, "restore-home", "--claim", home)
        assert not is_success
        assert "writes over nothing" in _of(said, "failed")["reason"]
