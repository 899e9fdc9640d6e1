"""The workspace image kept on the lab's node, by a pod that rolls with its digest alone; and the check of it."""

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest

from components.prepull_manifests import CHECK_NAME, PREPULL_NAME, build_daemon_set
from jobs.environment import read_settings
from jobs.event_log import EventLog
from jobs.prepull.run import run_prepull_check
from jobs.prepull.settings import PrepullCheckSettings
from lab.platform_health import platform_status
from lab.pushed_image import pushed_image
from tests.integration.conftest import Platform
from tests.support.patience import wait_until
from tests.support.pushed_image import push_image

pytestmark = pytest.mark.lab

_NAMESPACE = "spt-system"
_REPOSITORY = "spt-flow/prepull-test"
_IN_CLUSTER = f"registry.coder.svc.cluster.local:5000/{_REPOSITORY}"
_ROLLED = "prepull-test"
_GHOST = "spt-prepull-ghost"
_TOLERATIONS = [{"key": "spt-flow.dev/ghost", "operator": "Exists"}]


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
    platform.kubectl.run("delete", f"node/{_GHOST}", "--ignore-not-found")
    left = (f"daemonset/{_ROLLED}", "job/prepull-now")
    platform.kubectl.run("-n", _NAMESPACE, "delete", *left, "--ignore-not-found", "--wait")
    # Nobody is there to end them; one that only waits for the node is on none.
    for ghosts in (f"spec.nodeName={_GHOST}", "status.phase=Pending"):
        chosen = ("pods", f"--field-selector={ghosts}", "--force", "--grace-period=0")
        platform.kubectl.run("-n", _NAMESPACE, "delete", *chosen, "--ignore-not-found")
    wait_until(lambda: _wanted(platform) <= {1}, seconds=90)


def _wanted(platform: Platform) -> set[int]:
    """Return for how many nodes the DaemonSets of the namespace are."""
    found = platform.kubectl.get("-n", _NAMESPACE, "daemonsets")["items"]
    return {each["status"]["desiredNumberScheduled"] for each in found}


def _apply(platform: Platform, image: str) -> dict[str, Any]:
    """Apply the DaemonSet under a name of the test's, wait until it is rolled out, and return its only pod."""
    built = build_daemon_set(_NAMESPACE, image=image, node_selector={}, tolerations=[])
    platform.kubectl.apply(json.loads(json.dumps(built).replace(f'"{PREPULL_NAME}"', f'"{_ROLLED}"')))
    platform.kubectl.run("-n", _NAMESPACE, "rollout", "status", f"daemonset/{_ROLLED}", "--timeout=60s", timeout=70)
    wait_until(lambda: len(_pods(platform, _ROLLED)) == 1, seconds=90)
    return _pods(platform, _ROLLED)[0]


def _pods(platform: Platform, name: str) -> list[dict[str, Any]]:
    selector = f"app.kubernetes.io/name={name}"
    found: list[dict[str, Any]] = platform.kubectl.get("-n", _NAMESPACE, "pods", "-l", selector)["items"]
    return found


def _generation(platform: Platform) -> int:
    number: int = platform.kubectl.get("-n", _NAMESPACE, "daemonset", _ROLLED)["metadata"]["generation"]
    return number


def _deployed(platform: Platform) -> dict[str, str]:
    """Return the settings of the check that the stack has deployed."""
    check = platform.kubectl.get("-n", _NAMESPACE, "cronjob", CHECK_NAME)
    container = check["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]
    return {variable["name"]: variable["value"] for variable in container["env"]}


def _check_in_the_cluster(platform: Platform) -> dict[str, Any]:
    """Run the CronJob's pod once, with its own account, and return the last line of its log; it has succeeded."""
    platform.kubectl.run("-n", _NAMESPACE, "create", "job", "prepull-now", f"--from=cronjob/{CHECK_NAME}")
    platform.kubectl.wait("job/prepull-now", "condition=Complete", namespace=_NAMESPACE, seconds=150)
    log = platform.kubectl.run("-n", _NAMESPACE, "logs", "job/prepull-now").stdout
    said: dict[str, Any] = json.loads(log.splitlines()[-1])
    return said


def _check_from_here(variables: dict[str, str], **changes: str) -> tuple[int, dict[str, Any]]:
    stream = io.StringIO()
    settings = read_settings(PrepullCheckSettings, {**variables, "PREPULL_WAIT_SECONDS": "0", **changes})
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


def test_the_stack_keeps_its_image_on_the_node_by_digest(platform: Platform) -> None:
    pushed = pushed_image(platform.instance)
    assert pushed is not None
    wait_until(lambda: [pod["status"]["phase"] for pod in _pods(platform, PREPULL_NAME)] == ["Running"], seconds=90)
    holder = _pods(platform, PREPULL_NAME)[0]["status"]["containerStatuses"][0]
    assert holder["imageID"].endswith(f"/spt-flow/workspace@{pushed.digest}")
    assert _deployed(platform)["PREPULL_IMAGE"] == holder["imageID"]
    parts = {part.name: part for part in platform_status(platform.instance)}
    assert parts[f"daemonset {_NAMESPACE}/{PREPULL_NAME}"].detail == "1 of 1 pods ready"
    assert parts["workspace image on the nodes"].detail == f"{pushed.digest} on 1 of 1"
    assert parts[f"cronjob {_NAMESPACE}/{CHECK_NAME}"].healthy


@pytest.mark.usefixtures("cleared")
def test_the_holder_rolls_with_its_digest_alone(platform: Platform, images: tuple[str, str]) -> None:
    old, new = images
    first = _apply(platform, old)
    generation = _generation(platform)
    again = _apply(platform, old)
    assert (again["metadata"]["uid"], _generation(platform)) == (first["metadata"]["uid"], generation)

    rolled = _apply(platform, new)
    assert rolled["metadata"]["uid"] != first["metadata"]["uid"]
    assert _generation(platform) == generation + 1
    assert rolled["status"]["containerStatuses"][0]["imageID"] == new
    revisions = platform.kubectl.get("-n", _NAMESPACE, "controllerrevisions", "-l", f"app.kubernetes.io/name={_ROLLED}")
    assert len(revisions["items"]) == 2


@pytest.mark.usefixtures("cleared")
def test_the_nodes_without_the_image_are_named(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", str(platform.instance.kubeconfig))
    said = _check_in_the_cluster(platform)
    assert (said["event"], said["present_nodes"], said["missing"]) == ("finished", 1, [])
    deployed = _deployed(platform)
    everywhere = json.dumps(_TOLERATIONS)
    _add_ghost(platform)
    code, said = _check_from_here(deployed)
    assert (code, said["not_meant_nodes"]) == (0, 1)
    code, said = _check_from_here(deployed, PREPULL_TOLERATIONS=everywhere)
    assert (code, said["missing"], said["present_nodes"]) == (1, [_GHOST], 1)
    # An image that nobody keeps is on no node, whatever its name.
    other = f"{deployed['PREPULL_IMAGE'][:-4]}0000"
    code, said = _check_from_here(deployed, PREPULL_IMAGE=other, PREPULL_TOLERATIONS=everywhere)
    assert (code, len(said["missing"])) == (1, 2)
