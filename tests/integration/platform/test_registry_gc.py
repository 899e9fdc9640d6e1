"""The registry's collection, run by its CronJob's own pod in the lab: with its rights, on its volume."""

import json
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from components.registry_gc_manifests import GC_NAME, GUARD_NAME
from core.command import Command
from lab.manual_jobs import run_collection, stack_kubectl
from tests.integration.conftest import Platform
from tests.support.patience import wait_until
from tests.support.pushed_image import PushedImage, push_image

pytestmark = pytest.mark.lab

_NAMESPACE = "coder"
_REPOSITORY = "integration/collected"
_IN_CLUSTER = f"registry.coder.svc.cluster.local:5000/{_REPOSITORY}"
_LEASE = "registry-gc"
_CYCLES = 3


@pytest.fixture
def pushed(platform: Platform, tmp_path: Path) -> PushedImage:
    return _push(platform, tmp_path / "kept")


@pytest.fixture(autouse=True)
def _cleared(platform: Platform) -> Iterator[None]:
    """Take away the jobs that the test has made, and have the registry serve again whatever came of it."""
    yield
    platform.kubectl.run("-n", _NAMESPACE, "delete", "job", "-l", "test=registry-gc", "--ignore-not-found", "--wait")
    for name in platform.kubectl.run("-n", _NAMESPACE, "get", "jobs", "-o", "name").stdout.split():
        if name.startswith("job.batch/registry-gc-now-"):
            platform.kubectl.run("-n", _NAMESPACE, "delete", name)
    platform.kubectl.run("-n", _NAMESPACE, "delete", f"lease/{_LEASE}", "--ignore-not-found")
    platform.kubectl.run("-n", _NAMESPACE, "scale", "deployment/registry", "--replicas=1")
    wait_until(lambda: _answers(platform), seconds=90)


def _push(platform: Platform, folder: Path) -> PushedImage:
    folder.mkdir()
    return push_image(platform.toolchain, platform.registry, _REPOSITORY, folder)


def _answers(platform: Platform) -> bool:
    try:
        return httpx.get(f"http://{platform.registry}/v2/", trust_env=False, timeout=5).is_success
    except httpx.HTTPError:
        return False


def _has(platform: Platform, digest: str) -> bool:
    url = f"http://{platform.registry}/v2/{_REPOSITORY}/manifests/{digest}"
    accept = {"Accept": "application/vnd.oci.image.manifest.v1+json"}
    return httpx.get(url, headers=accept, trust_env=False, timeout=30).is_success


def _start(platform: Platform, cron_job: str, name: str, **changes: str) -> None:
    """Make a job as the CronJob would, with some of its settings changed."""
    template = platform.kubectl.get("-n", _NAMESPACE, "cronjob", cron_job)["spec"]["jobTemplate"]
    container = template["spec"]["template"]["spec"]["containers"][0]
    given = {each["name"]: each["value"] for each in container["env"]}
    container["env"] = [{"name": key, "value": value} for key, value in {**given, **changes}.items()]
    job = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name, "namespace": _NAMESPACE, "labels": {"test": "registry-gc"}},
        "spec": template["spec"],
    }
    platform.kubectl.apply(job)


def _finished(platform: Platform, name: str, condition: str = "Complete") -> list[dict[str, Any]]:
    platform.kubectl.wait(f"job/{name}", f"condition={condition}", namespace=_NAMESPACE, seconds=240)
    log = platform.kubectl.run("-n", _NAMESPACE, "logs", f"job/{name}").stdout
    return [json.loads(line) for line in log.splitlines()]


def _collect(platform: Platform, name: str) -> dict[str, Any]:
    _start(platform, GC_NAME, name, OVERRIDE="a test")
    return _finished(platform, name)[-1]


def _lease(platform: Platform, holder: str, age: float) -> None:
    renewed = time.strftime("%Y-%m-%dT%H:%M:%S.000000Z", time.gmtime(time.time() - age))
    spec = {"holderIdentity": holder, "leaseDurationSeconds": 60, "renewTime": renewed}
    metadata = {"name": _LEASE, "namespace": _NAMESPACE}
    lease = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": metadata, "spec": spec}
    # Over what the job has written, which is another manager of the same fields.
    platform.kubectl.run("apply", "--server-side", "--force-conflicts", "-f", "-", stdin=json.dumps(lease))


def test_what_is_deleted_is_freed_and_the_rest_runs_by_digest(
    platform: Platform, pushed: PushedImage, tmp_path: Path
) -> None:
    for cycle in range(_CYCLES):
        garbage = _push(platform, tmp_path / f"garbage-{cycle}")
        Command("skopeo").run(
            "--insecure-policy",
            "delete",
            "--tls-verify=false",
            f"docker://{platform.registry}/{_REPOSITORY}:{garbage.tag}",
        )
        said = _collect(platform, f"collect-{cycle}")
        assert (said["event"], said["level"], said["images_broken"]) == ("finished", "info", 0), said
        assert said["bytes_freed"] > 0
        assert said["images_checked"] >= 1
        assert 0 < said["pause_seconds"] < 60
        assert _has(platform, pushed.digest)
        assert not _has(platform, garbage.digest)
    pod = platform.pod("collected", image=f"{_IN_CLUSTER}@{pushed.digest}", command=["sleep", "600"])
    try:
        platform.kubectl.apply(pod)
        platform.kubectl.wait("pod/collected", "condition=Ready", namespace="coder-workspace")
    finally:
        platform.kubectl.delete("pod/collected", namespace="coder-workspace")


def test_by_hand_it_says_what_would_go_and_closes_nothing(platform: Platform, tmp_path: Path) -> None:
    garbage = _push(platform, tmp_path / "garbage")
    url = f"http://{platform.registry}/v2/{_REPOSITORY}/manifests/{garbage.digest}"
    httpx.delete(url, trust_env=False, timeout=30).raise_for_status()
    said: list[Mapping[str, Any]] = []
    where = stack_kubectl(platform.stack, platform.instance)
    assert run_collection(where, override="a test", dry_run=True, tell=said.append)
    events = {str(each["event"]): each for each in said}
    assert events["finished"]["level"] == "info"
    assert events["looked"]["blobs_to_remove"] > 0
    assert not events.keys() & {"closed", "collected", "left-out"}


def test_killed_while_it_is_closed_the_registry_serves_again(
    platform: Platform, pushed: PushedImage, tmp_path: Path
) -> None:
    garbage = _push(platform, tmp_path / "garbage")
    url = f"http://{platform.registry}/v2/{_REPOSITORY}/manifests/{garbage.tag}"
    httpx.delete(url, trust_env=False, timeout=30).raise_for_status()
    with ThreadPoolExecutor(1) as pool:
        # By a watch: it is closed for less than a second, since there is next to nothing to collect.
        closing = ("deployment/registry", "jsonpath={.spec.replicas}=0")
        closed = pool.submit(platform.kubectl.wait, *closing, namespace=_NAMESPACE, seconds=120)
        _start(platform, GC_NAME, "killed", OVERRIDE="a test")
        closed.result()
    platform.kubectl.run("-n", _NAMESPACE, "delete", "pod", "-l", "job-name=killed", "--force", "--grace-period=0")
    # Asked to stop, it opens the registry itself; killed outright, the guard does.
    wait_until(
        lambda: not platform.kubectl.run("-n", _NAMESPACE, "get", "pod", "-l", "job-name=killed", "-o", "name").stdout,
        seconds=60,
    )
    _lease_expires(platform)
    _start(platform, GUARD_NAME, "guarded")
    assert _finished(platform, "guarded")[-1]["level"] in ("info", "warning")
    wait_until(lambda: _answers(platform), seconds=90)
    assert _has(platform, pushed.digest)


def _lease_expires(platform: Platform) -> None:
    """Have a Lease that is held look as if its holder had been silent for long."""
    found = platform.kubectl.get("-n", _NAMESPACE, "lease", _LEASE)["spec"].get("holderIdentity")
    if found:
        _lease(platform, found, age=3600)


def test_the_guard_opens_what_a_dead_collection_has_closed_and_nothing_else(platform: Platform) -> None:
    platform.kubectl.run("-n", _NAMESPACE, "scale", "deployment/registry", "--replicas=0")
    wait_until(lambda: not _answers(platform), seconds=60)
    # Stopped by hand: nobody holds the Lease.
    _start(platform, GUARD_NAME, "by-hand")
    (said,) = _finished(platform, "by-hand")
    assert (said["event"], said["replicas"], said["level"]) == ("finished", 0, "warning")
    _lease(platform, "registry-gc-dead", age=3600)
    _start(platform, GUARD_NAME, "after-death")
    (said,) = _finished(platform, "after-death")
    assert (said["event"], said["holder"], said["replicas_found"]) == ("opened", "registry-gc-dead", 0)
    wait_until(lambda: _answers(platform), seconds=90)


def test_its_account_may_do_no_more_than_that(platform: Platform) -> None:
    account = f"--as=system:serviceaccount:{_NAMESPACE}:{GC_NAME}"

    def may(*words: str) -> bool:
        return platform.kubectl.run("auth", "can-i", *words, account, check=False).stdout.strip() == "yes"

    assert may("patch", "deployments/registry", "--subresource=scale", "-n", _NAMESPACE)
    for words in (
        ("patch", "deployments/coder", "--subresource=scale", "-n", _NAMESPACE),
        ("patch", "deployments/registry", "-n", _NAMESPACE),
        ("delete", "pods", "-n", _NAMESPACE),
        ("get", "secrets", "-n", _NAMESPACE),
        ("list", "pods", "-n", "spt-system"),
    ):
        assert not may(*words), words
