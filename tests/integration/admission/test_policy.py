"""The admission policy itself: it compiles, is cheap enough for the largest pods, and judges changes as creations."""

import copy
from typing import Any, Final

import pytest

from tests.support.admission_case import AdmissionCase, load_corpus
from tests.support.admission_server import AdmissionServer, Answer

pytestmark = pytest.mark.lab

_CASES: Final = {case.name: case for case in load_corpus()}
_PODS: Final = "/api/v1/namespaces/coder-workspace/pods"
_DEPLOYMENTS: Final = "/apis/apps/v1/namespaces/coder-workspace/deployments"


def _case(name: str) -> dict[str, Any]:
    case: AdmissionCase = _CASES[name]
    return copy.deepcopy(case.manifest)


def _good(kind: str) -> dict[str, Any]:
    return _case(f"workspace-as-the-templates-make-it-{kind.lower()}")


def test_the_api_server_finds_nothing_to_say_of_the_expressions(by_tag: AdmissionServer) -> None:
    status = by_tag.policy()["status"]
    assert status.get("typeChecking", {}).get("expressionWarnings", []) == []


@pytest.mark.parametrize("count", [40])
def test_a_pod_of_very_many_containers_is_judged_within_the_budget(by_tag: AdmissionServer, count: int) -> None:
    pod = _good("Pod")
    for key in ("containers", "initContainers"):
        first = pod["spec"][key][0]
        pod["spec"][key] = [{**first, "name": f"{key.lower()}-{number}"} for number in range(count)]
    assert by_tag.try_to_create(pod).admitted
    for container in pod["spec"]["containers"]:
        container["image"] = f"registry.example.org/{'long/' * 40}shell"
        container["resources"] = {}
    refused = by_tag.try_to_create(pod)
    assert "must have an image from an allowed repository" in refused.message or "has neither" in refused.message
    assert refused.message.rstrip().endswith(" more.")


def test_every_defect_is_told_at_once(by_tag: AdmissionServer) -> None:
    manifest = _good("Deployment")
    container = manifest["spec"]["template"]["spec"]["containers"][0]
    container["image"] = "ghcr.io/coder/coder"
    container["securityContext"]["privileged"] = True
    del container["resources"]["limits"]["cpu"]
    said = by_tag.try_to_create(manifest).message
    for part in (
        "must not be privileged",
        "has neither",
        "must have a cpu limit: it has none. Set resources.limits.cpu",
    ):
        assert part in said


def test_what_the_api_server_fills_in_counts(by_tag: AdmissionServer) -> None:
    pod = _good("Pod")
    del pod["spec"]["containers"][0]["resources"]["requests"]
    answer = by_tag.try_to_create(pod)
    resources = answer.body["spec"]["containers"][0]["resources"]
    assert resources["requests"] == resources["limits"]


def test_an_unknown_image_is_told_only_if_it_is_one(by_tag: AdmissionServer) -> None:
    assert "canary-4f1d9c" not in by_tag.try_to_create(_case("image-with-user-and-password")).message


def test_a_change_is_judged_as_a_creation_is(by_tag: AdmissionServer) -> None:
    assert by_tag.ask("POST", _DEPLOYMENTS, _good("Deployment")).admitted
    try:
        patch = {"spec": {"template": {"spec": {"hostNetwork": True}}}}
        refused = _patch(by_tag, f"{_DEPLOYMENTS}/demo", patch)
        assert "must not share the network of its node" in refused.message
        assert _patch(by_tag, f"{_DEPLOYMENTS}/demo", {"spec": {"replicas": 0}}).admitted
    finally:
        by_tag.ask("DELETE", f"{_DEPLOYMENTS}/demo")


def test_ephemeral_containers_and_resizes_are_judged(by_tag: AdmissionServer) -> None:
    assert by_tag.ask("POST", _PODS, _good("Pod")).admitted
    debug = {"name": "debug", "image": "ghcr.io/coder/coder:v2.36.3", "targetContainerName": "workspace"}
    try:
        path = f"{_PODS}/demo/ephemeralcontainers?dryRun=All"
        assert _patch(by_tag, path, {"spec": {"ephemeralContainers": [debug]}}).admitted
        for change, words in (
            ({"image": "ghcr.io/coder/coder"}, "has neither"),
            ({"securityContext": {"privileged": True}}, "must not be privileged"),
            ({"securityContext": {"capabilities": {"add": ["SYS_PTRACE"]}}}, "must not add the capability SYS_PTRACE"),
        ):
            refused = _patch(by_tag, path, {"spec": {"ephemeralContainers": [{**debug, **change}]}})
            assert f"The ephemeral container 'debug' of Pod 'coder-workspace/demo' {words}" in refused.message or (
                "ephemeral container 'debug'" in refused.message and words in refused.message
            )
        more = {"name": "workspace", "resources": {"limits": {"cpu": "9"}}}
        refused = _patch(by_tag, f"{_PODS}/demo/resize?dryRun=All", {"spec": {"containers": [more]}})
        assert "must have a cpu limit of at most 8: its limit is 9" in refused.message
    finally:
        by_tag.ask("DELETE", f"{_PODS}/demo?gracePeriodSeconds=0")


def test_an_object_from_before_the_rules_can_lose_its_finalizers_but_not_go_on(admission: AdmissionServer) -> None:
    old = _case("no-cpu-limit-deployment")
    old["metadata"] = {**old["metadata"], "name": "old", "finalizers": ["example.com/wait"]}
    admission.install({"workload-requires-limits": {"enforcementLevel": "disabled"}})
    assert admission.ask("POST", _DEPLOYMENTS, old).admitted
    admission.install({"image-requires-digest": {"required": False}})
    again = {"spec": {"template": {"spec": {"terminationGracePeriodSeconds": 1}}}}
    assert "must have a cpu limit" in _patch(admission, f"{_DEPLOYMENTS}/old", again).message
    admission.ask("DELETE", f"{_DEPLOYMENTS}/old")
    assert _patch(admission, f"{_DEPLOYMENTS}/old", {"metadata": {"finalizers": None}}).admitted


def test_named_workloads_of_the_system_see_their_exact_paths_and_their_pods_too(admission: AdmissionServer) -> None:
    path = "/var/lib/kubelet/device-plugins"
    named = {"resource": "DaemonSet spt-system/plugin", "paths": [path], "reason": "talks to the kubelet"}
    admission.install(
        {"workload-restricts-host-paths": {"allowed": [named]}, "image-requires-digest": {"required": False}}
    )
    plugin = _in_system(_good("DaemonSet"), "plugin", path)
    assert admission.try_to_create(plugin).admitted
    assert (
        "must not be the path /dev of the node" in admission.try_to_create(_in_system(plugin, "plugin", "/dev")).message
    )
    other = admission.try_to_create(_in_system(plugin, "other", path))
    assert f"The volume 'node' of DaemonSet 'spt-system/other' must not be the path {path} of the node" in other.message
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "plugin-x"}, **plugin["spec"]["template"]}
    owner = {"apiVersion": "apps/v1", "kind": "DaemonSet", "name": "plugin", "uid": "1", "controller": True}
    pod["metadata"] = {"name": "plugin-x", "namespace": "spt-system", "ownerReferences": [owner]}
    assert admission.try_to_create(pod).admitted
    del pod["metadata"]["ownerReferences"]
    assert not admission.try_to_create(pod).admitted


def _in_system(manifest: dict[str, Any], name: str, path: str) -> dict[str, Any]:
    found = copy.deepcopy(manifest)
    found["metadata"].update(name=name, namespace="spt-system")
    found["spec"]["template"]["spec"]["volumes"][0] = {"name": "home", "emptyDir": {}}
    volumes = [each for each in found["spec"]["template"]["spec"]["volumes"] if each["name"] != "node"]
    found["spec"]["template"]["spec"]["volumes"] = [*volumes, {"name": "node", "hostPath": {"path": path}}]
    return found


def _patch(server: AdmissionServer, path: str, change: dict[str, Any]) -> Answer:
    return server.ask("PATCH", path, change, "application/strategic-merge-patch+json")
