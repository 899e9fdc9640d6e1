"""`python -m jobs registry-gc` as a process: killed or stopped while the registry is closed."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from components.registry_manifests import REGISTRY_NAME
from jobs.registry_gc.gate import ClusterGate
from tests.support.apiserver import ApiServer
from tests.support.local_registry import LocalRegistry
from tests.support.patience import wait_until
from tests.unit.jobs.registry_gc.conftest import Bench

_ROOT = Path(__file__).parents[4]


class _Site:
    """The registry of this machine, and a Deployment that nobody runs, with the pod that a test gives it."""

    def __init__(self, server: ApiServer, registry: LocalRegistry, namespace: str) -> None:
        self.server, self.registry, self.namespace = server, registry, namespace
        server.request("POST", "/api/v1/namespaces", {"metadata": {"name": namespace}})
        labels = {"app.kubernetes.io/name": REGISTRY_NAME}
        template = {"metadata": {"labels": {"other": "x"}}, "spec": {"containers": [{"name": "x", "image": "x:1"}]}}
        spec = {"replicas": 1, "selector": {"matchLabels": {"other": "x"}}, "template": template}
        deployment = {"metadata": {"name": REGISTRY_NAME, "labels": labels}, "spec": spec}
        server.request("POST", f"/apis/apps/v1/namespaces/{namespace}/deployments", deployment)
        pod = {"metadata": {"name": "registry-0", "labels": labels}, "spec": template["spec"]}
        server.request("POST", f"/api/v1/namespaces/{namespace}/pods", pod)

    def gate(self) -> ClusterGate:
        return ClusterGate(self.namespace, REGISTRY_NAME, "registry-gc", [])

    def start(self, program: Path, tmp_path: Path) -> subprocess.Popen[str]:
        variables = {
            "KUBECONFIG": str(self.server.kubeconfig),
            "REGISTRY_GC_NAMESPACE": self.namespace,
            "REGISTRY_GC_IMAGE_NAMESPACES": self.namespace,
            "REGISTRY_GC_URL": self.registry.url,
            "REGISTRY_GC_ROOT": str(self.registry.root),
            "REGISTRY_GC_PROGRAM": str(program),
            "REGISTRY_GC_METRICS_FILE": str(tmp_path / "gc.prom"),
        }
        return subprocess.Popen(
            [sys.executable, "-m", "jobs", "registry-gc"],
            cwd=_ROOT,
            env={**os.environ, **variables},
            stdout=subprocess.PIPE,
            text=True,
        )

    def guard(self) -> list[dict[str, Any]]:
        """Run the guard, and return what it says."""
        variables = {"REGISTRY_GC_NAMESPACE": self.namespace, "REGISTRY_GC_IMAGE_NAMESPACES": self.namespace}
        done = subprocess.run(
            [sys.executable, "-m", "jobs", "registry-gc-guard"],
            cwd=_ROOT,
            env={**os.environ, **variables},
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        return _events(done.stdout)


@pytest.fixture
def site(apiserver: ApiServer, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> _Site:
    monkeypatch.setenv("KUBECONFIG", str(apiserver.kubeconfig))
    bench.registry.push("app", "", [b"garbage"])
    return _Site(apiserver, bench.registry, f"process-{time.time_ns()}")


def _events(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_asked_to_stop_it_opens_the_registry_and_says_so(site: _Site, bench: Bench, tmp_path: Path) -> None:
    # The pod stays, so that the run waits for its end.
    process = site.start(Path(bench.collection().settings.program), tmp_path)
    with site.gate() as gate:
        wait_until(lambda: gate.replicas() == 0, longest_pause=0.05)
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=60)
        assert process.returncode == 1
        assert gate.replicas() == 1
        assert gate.hold() is None
    events = _events(output)
    assert [event["event"] for event in events][-3:] == ["opened", "failed", "finished"]
    assert events[-2]["reason"] == "The run was asked to stop."
    assert "spt_flow_registry_gc_last_run_timestamp_seconds" in (tmp_path / "gc.prom").read_text()
    assert "last_success" not in (tmp_path / "gc.prom").read_text()


def test_killed_it_leaves_a_lease_by_which_the_guard_opens_it(site: _Site, bench: Bench, tmp_path: Path) -> None:
    process = site.start(Path(bench.collection().settings.program), tmp_path)
    with site.gate() as gate:
        wait_until(lambda: gate.replicas() == 0, longest_pause=0.05)
        process.kill()
        process.communicate(timeout=60)
        assert gate.replicas() == 0
        hold = gate.hold()
        assert hold is not None
        spec = {"spec": {"renewTime": "2026-01-01T00:00:00.000000Z"}}
        path = f"/apis/coordination.k8s.io/v1/namespaces/{site.namespace}/leases/registry-gc"
        site.server.request("PATCH", path, spec, "application/merge-patch+json")
        assert site.guard()[0]["event"] == "opened"
        assert (gate.replicas(), gate.hold()) == (1, None)


def test_the_guard_of_a_registry_that_is_made_anew_has_nothing_to_do(site: _Site) -> None:
    assert site.guard()[-1]["replicas"] == 1
    site.server.request("DELETE", f"/apis/apps/v1/namespaces/{site.namespace}/deployments/{REGISTRY_NAME}")
    (said,) = site.guard()
    assert (said["event"], said["level"], said["replicas"]) == ("finished", "warning", None)
