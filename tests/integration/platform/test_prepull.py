"""The workspace image kept on the lab's node, by a pod that rolls with its digest alone; and the check of it."""

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest

from components.prepull_manifests import (
    CHECK_NAME,
    PREPULL_NAME,
    build_account,
    build_cron_job,
    build_daemon_set,
    build_role,
    build_role_binding,
)
from jobs.environment import read_settings
from jobs.event_log import EventLog
from jobs.prepull.run import run_prepull_check
from jobs.prepull.settings import PrepullCheckSettings
from lab.images.platform_tools import platform_tools_reference
from lab.platform_health import platform_status
from tests.integration.conftest import Platform
from tests.support.coder_site import wait_until
from tests.support.pushed_image import push_image

pytestmark = pytest.mark.lab

_NAMESPACE = "spt-system"
_REPOSITORY = "spt-flow/prepull-test"
_IN_CLUSTER = f"registry.coder.svc.cluster.local:5000/{_REPOSITORY}"
_GHOST = "spt-prepull-ghost"
_TOLERATIONS = [{"key": "spt-flow.dev/ghost", "operator": "Exists"}]
_CLUSTER_WIDE = (f"clusterrole/{CHECK_NAME}", f"clusterrolebinding/{CHECK_NAME}")
_NAMESPACED = (f"cronjob/{CHECK_NAME}", f"serviceaccount/{CHECK_NAME}", f"daemonset/{PREPULL_NAME}")


@pytest.fixture(scope="module")
def images(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """Push two images, and return them by digest."""
    pushed = [
        push_image(platform.toolchain, platform.registry, _REPOSITORY, tmp_path_factory.mktemp(f"image-{number}"))
        for number in range(2)
    ]
    return f"{_IN_CLUSTER}@{pushed[0].digest}", f"{_IN_CLUSTER}@{pushed[1].digest}"


@pytest.fixture
def cleared(platform: Platform) -> Iterator[None]:
    """Take away whatever the test has left."""
    yield
    platform.kubectl.run("delete", f"node/{_GHOST}", *_CLUSTER_WIDE, "--ignore-not-found")
    platform.kubectl.run("-n", _NAMESPACE, "delete", *_NAMESPACED, "job/prepull-now", "--ignore-not-found", "--wait")
    # Nobody is there to end them.
    ghosts = ("pods", f"--field-selector=spec.nodeName={_GHOST}", "--force", "--grace-period=0")
    platform.kubectl.run("-n", _NAMESPACE, "delete", *ghosts, "--ignore-not-found")
    wait_until(lambda: _wanted(platform) <= {1}, seconds=30)


def _wanted(platform: Platform) -> set[int]:
    """Return for how many nodes the DaemonSets of the namespace are."""
    found = platform.kubectl.get("-n", _NAMESPACE, "daemonsets")["items"]
    return {each["status"]["desiredNumberScheduled"] for each in found}


def _apply(platform: Platform, image: str) -> dict[str, Any]:
    """Apply the DaemonSet, wait until it is rolled out, and return its only pod."""
    built = build_daemon_set(_NAMESPACE, image=image, node_selector={}, tolerations=_TOLERATIONS)
    platform.kubectl.apply(built)
    platform.kubectl.run(
        "-n", _NAMESPACE, "rollout", "status", f"daemonset/{PREPULL_NAME}", "--timeout=60s", timeout=70
    )
    wait_until(lambda: len(_pods(platform)) == 1, seconds=30)
    pod: dict[str, Any] = _pods(platform)[0]
    return pod


def _pods(platform: Platform) -> list[dict[str, Any]]:
    selector = f"app.kubernetes.io/name={PREPULL_NAME}"
    found: list[dict[str, Any]] = platform.kubectl.get("-n", _NAMESPACE, "pods", "-l", selector)["items"]
    return found


def _generation(platform: Platform) -> int:
    number: int = platform.kubectl.get("-n", _NAMESPACE, "daemonset", PREPULL_NAME)["metadata"]["generation"]
    return number


def _variables(image: str) -> dict[str, str]:
    return {
        "PREPULL_IMAGE": image,
        "PREPULL_NODE_SELECTOR": json.dumps({"kubernetes.io/os": "linux"}),
        "PREPULL_TOLERATIONS": json.dumps(_TOLERATIONS),
    }


def _check_in_the_cluster(platform: Platform, image: str) -> dict[str, Any]:
    """Run the CronJob's pod once, with its own account, and return the last line of its log; it has succeeded."""
    built = build_cron_job(
        _NAMESPACE,
        image=platform_tools_reference(),
        schedule="0 0 1 1 *",
        wait_seconds=120,
        settings=_variables(image),
    )
    platform.kubectl.apply(build_account(_NAMESPACE), build_role(), build_role_binding(_NAMESPACE), built)
    platform.kubectl.run("-n", _NAMESPACE, "create", "job", "prepull-now", f"--from=cronjob/{CHECK_NAME}")
    platform.kubectl.wait("job/prepull-now", "condition=Complete", namespace=_NAMESPACE, seconds=150)
    log = platform.kubectl.run("-n", _NAMESPACE, "logs", "job/prepull-now").stdout
    said: dict[str, Any] = json.loads(log.splitlines()[-1])
    return said


def _check_from_here(image: str) -> tuple[int, dict[str, Any]]:
    stream = io.StringIO()
    settings = read_settings(PrepullCheckSettings, {**_variables(image), "PREPULL_WAIT_SECONDS": "0"})
    code = run_prepull_check(settings, EventLog(CHECK_NAME, stream))
    return code, json.loads(stream.getvalue().splitlines()[-1])


def _add_ghost(platform: Platform) -> None:
    node = {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": _GHOST, "labels": {"kubernetes.io/os": "linux"}},
        "spec": {"taints": [{"key": "spt-flow.dev/ghost", "effect": "NoSchedule"}]},
    }
    platform.kubectl.apply(node)
    status = {"status": {"conditions": [{"type": "Ready", "status": "True", "reason": "Played"}]}}
    platform.kubectl.run("patch", f"node/{_GHOST}", "--subresource=status", "--type=merge", "-p", json.dumps(status))


@pytest.mark.usefixtures("cleared")
def test_the_image_is_kept_and_the_nodes_without_it_are_named(
    platform: Platform, images: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(platform.instance.kubeconfig))
    old, new = images
    first = _apply(platform, old)
    generation = _generation(platform)
    again = _apply(platform, old)
    assert (again["metadata"]["uid"], _generation(platform)) == (first["metadata"]["uid"], generation)

    rolled = _apply(platform, new)
    assert rolled["metadata"]["uid"] != first["metadata"]["uid"]
    assert _generation(platform) == generation + 1
    assert rolled["status"]["containerStatuses"][0]["imageID"] == new
    revisions = platform.kubectl.get(
        "-n", _NAMESPACE, "controllerrevisions", "-l", f"app.kubernetes.io/name={PREPULL_NAME}"
    )
    assert len(revisions["items"]) == 2

    said = _check_in_the_cluster(platform, new)
    assert (said["event"], said["present_nodes"], said["missing"]) == ("finished", 1, [])
    parts = {part.name: part.detail for part in platform_status(platform.instance) if "prepull" in part.name}
    assert parts == {
        f"daemonset {_NAMESPACE}/{PREPULL_NAME}": "1 of 1 pods ready",
        f"cronjob {_NAMESPACE}/{CHECK_NAME}": "has not run yet",
    }
    _add_ghost(platform)
    code, said = _check_from_here(new)
    assert (code, said["missing"], said["present_nodes"]) == (1, [_GHOST], 1)
    # An image that nobody keeps is on no node, whatever its name.
    code, said = _check_from_here(f"{new[:-4]}0000")
    assert (code, len(said["missing"])) == (1, 2)
