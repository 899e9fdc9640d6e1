"""The objects of spt-flow and ci, in each preset and class: as golden files, for the policies, and for a real API."""

import copy
import re
import urllib.error
from collections.abc import Callable
from typing import Any, Final

import pytest
import yaml

from tests.support.apiserver import ApiServer
from tests.support.pack_verdict import broken_rules
from tests.support.rendered_template import OWNER_ID, TEMPLATES, WORKSPACE_ID, Rendering, Template

Golden = Callable[[str, Any], None]
Initialised = Callable[[str], Template]

_CLASSES: Final = {"kvm_resource": "devices.spt-flow.dev/kvm", "docker_runtime_class": "sysbox-runc", "kvm_group": 104}
_CASES: Final[dict[str, tuple[str, dict[str, Any], dict[str, str]]]] = {
    "spt-flow-standard": ("spt-flow", {}, {"repo_url": "https://git.example.com/team/project.git"}),
    "spt-flow-small": ("spt-flow", {}, {"cpu": "2", "memory": "4"}),
    "spt-flow-large": ("spt-flow", {}, {"cpu": "8", "memory": "16"}),
    "spt-flow-kvm": ("spt-flow", _CLASSES, {}),
    "spt-flow-docker": ("spt-flow", _CLASSES, {"workspace_class": "docker"}),
    "spt-flow-other-image": (
        "spt-flow",
        {"storage_class": "fast", "image_pull_secret": "registry", "node_selector": {"disk": "ssd"}},
        {"workspace_image": "ubuntu:22.04"},
    ),
    "ci-standard": ("ci", {"workspace_environment": {"HTTP_PROXY": "http://proxy.example.com:3128"}}, {}),
}
_TYPES: Final = {
    "Deployment": "kubernetes:apps/v1:Deployment",
    "PersistentVolumeClaim": "kubernetes:core/v1:PersistentVolumeClaim",
    "Secret": "kubernetes:core/v1:Secret",
}
_LABELS: Final = {
    "app.kubernetes.io/name": "coder-workspace",
    "app.kubernetes.io/instance": f"coder-{WORKSPACE_ID}",
    "app.kubernetes.io/part-of": "coder",
    "com.coder.resource": "true",
    "com.coder.workspace.id": WORKSPACE_ID,
    "com.coder.workspace.name": "demo",
    "com.coder.user.id": OWNER_ID,
    "com.coder.user.username": "alice",
}
_DEADLINE: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@pytest.fixture(scope="module")
def rendered(initialised: Initialised) -> dict[str, Rendering]:
    return {
        case: initialised(template).render(variables=variables, parameters=parameters)
        for case, (template, variables, parameters) in _CASES.items()
    }


def _settled(manifest: dict[str, Any]) -> dict[str, Any]:
    """Return the manifest without what differs from run to run, and with a word in place of a long script."""
    body = copy.deepcopy(manifest)
    if body["kind"] == "Secret":
        assert re.fullmatch(r"[A-Za-z0-9+/=]{48}", body["data"]["token"])
        body["data"] = {"token": "<token>"}
    annotations = [body["metadata"]["annotations"]]
    if body["kind"] == "Deployment":
        pod = body["spec"]["template"]
        annotations.append(pod["metadata"]["annotations"])
        assert re.fullmatch(r"[0-9a-f]{64}", annotations[1]["spt-flow.dev/agent"])
        annotations[1]["spt-flow.dev/agent"] = "<hash of the token>"
        command = pod["spec"]["containers"][0]["command"]
        if command[0] == "/bin/sh":
            assert "setpriv" in command[2]
            command[2] = "<prepare.sh>"
    for one in annotations:
        if "spt-flow.dev/deadline" in one:
            assert _DEADLINE.fullmatch(one["spt-flow.dev/deadline"])
            one["spt-flow.dev/deadline"] = "<deadline>"
    return body


@pytest.mark.parametrize("case", _CASES)
def test_the_manifests_are_those_of_the_golden_file(rendered: dict[str, Rendering], case: str, golden: Golden) -> None:
    manifests = rendered[case].manifests
    golden(f"templates/{case}", [_settled(manifests[name]) for name in ("home", "secret", "pod")])


@pytest.mark.parametrize("case", _CASES)
def test_every_object_carries_the_labels_and_the_owners_address(rendered: dict[str, Rendering], case: str) -> None:
    objects = list(rendered[case].manifests.values())
    assert sorted(body["kind"] for body in objects) == ["Deployment", "PersistentVolumeClaim", "Secret"]
    pod = next(body for body in objects if body["kind"] == "Deployment")["spec"]["template"]
    for body in [*objects, pod]:
        assert body["metadata"]["labels"].items() >= _LABELS.items()
        assert body["metadata"]["annotations"]["com.coder.user.email"] == "alice@example.com"


@pytest.mark.parametrize("case", _CASES)
def test_the_policies_let_every_object_pass(rendered: dict[str, Rendering], case: str) -> None:
    for body in rendered[case].manifests.values():
        assert broken_rules(_TYPES[body["kind"]], body) == []


@pytest.mark.parametrize("case", _CASES)
def test_the_selector_belongs_to_one_workspace(rendered: dict[str, Rendering], case: str) -> None:
    spec = rendered[case].manifests["pod"]["spec"]
    assert spec["selector"]["matchLabels"]["com.coder.workspace.id"] == WORKSPACE_ID
    assert spec["template"]["metadata"]["labels"].items() >= spec["selector"]["matchLabels"].items()


@pytest.mark.parametrize("case", _CASES)
def test_the_token_is_in_the_secret_and_nowhere_else(rendered: dict[str, Rendering], case: str) -> None:
    token = rendered[case].agent["token"]
    assert token
    assert token not in yaml.safe_dump(rendered[case].manifests["pod"])
    assert rendered[case].pod_spec["automountServiceAccountToken"] is False


@pytest.fixture(scope="module")
def namespace(apiserver: ApiServer) -> ApiServer:
    """Make the namespace of workspaces with its pod security level, quota and limit range, as the program does."""
    golden = TEMPLATES.parent / "tests/golden/namespace-coder-workspace.yaml"
    paths = {
        "Namespace": "/api/v1/namespaces",
        "ResourceQuota": "/api/v1/namespaces/coder-workspace/resourcequotas",
        "LimitRange": "/api/v1/namespaces/coder-workspace/limitranges",
    }
    for body in yaml.safe_load_all(golden.read_text(encoding="utf-8")):
        apiserver.request("POST", paths[body["kind"]], body)
    apiserver.request(
        "POST",
        "/apis/node.k8s.io/v1/runtimeclasses",
        {"apiVersion": "node.k8s.io/v1", "kind": "RuntimeClass", "metadata": {"name": "sysbox-runc"}, "handler": "x"},
    )
    apiserver.request(
        "POST",
        "/api/v1/namespaces/coder-workspace/serviceaccounts",
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "workspaces"}},
    )
    return apiserver


@pytest.mark.parametrize("case", _CASES)
def test_a_real_api_admits_every_object_and_the_pod_inside(
    rendered: dict[str, Rendering], namespace: ApiServer, case: str
) -> None:
    paths = {"Deployment": "/apis/apps/v1", "PersistentVolumeClaim": "/api/v1", "Secret": "/api/v1"}
    plurals = {"Deployment": "deployments", "PersistentVolumeClaim": "persistentvolumeclaims", "Secret": "secrets"}
    strict = "?dryRun=All&fieldValidation=Strict"
    for body in rendered[case].manifests.values():
        place = f"{paths[body['kind']]}/namespaces/coder-workspace/{plurals[body['kind']]}{strict}"
        namespace.request("POST", place, body)
    namespace.request("POST", f"/api/v1/namespaces/coder-workspace/pods{strict}", _pod(rendered[case]))


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"hostNetwork": True}, "PodSecurity"), ({"containers": [{"name": "more", "image": "x"}]}, "maximum cpu")],
)
def test_that_api_refuses_what_the_namespace_does_not_allow(
    rendered: dict[str, Rendering], namespace: ApiServer, change: dict[str, Any], reason: str
) -> None:
    pod = _pod(rendered["spt-flow-large"])
    containers = [*pod["spec"]["containers"], *change.get("containers", [])]
    pod["spec"] = {**pod["spec"], **change, "containers": containers}
    with pytest.raises(urllib.error.HTTPError) as refused:
        namespace.request("POST", "/api/v1/namespaces/coder-workspace/pods?dryRun=All", pod)
    assert reason in refused.value.read().decode()


def _pod(rendering: Rendering) -> dict[str, Any]:
    """Return the pod of the Deployment by itself: it is pods that admission judges."""
    template = rendering.manifests["pod"]["spec"]["template"]
    spec = {**template["spec"], "serviceAccountName": "workspaces"}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {**template["metadata"], "name": "one"}, "spec": spec}


def test_a_stopped_workspace_keeps_its_volume_only(initialised: Initialised) -> None:
    stopped = initialised("spt-flow").render(transition="stop")
    assert [body["kind"] for body in stopped.manifests.values()] == ["PersistentVolumeClaim"]


def test_no_value_can_change_the_structure_of_a_manifest(initialised: Initialised) -> None:
    email = 'a"b: {c}\n- d@example.com'
    odd = initialised("spt-flow").render(
        variables={"workspace_environment": {"X": 'y"\n          - name: Z'}}, email=email
    )
    for body in odd.manifests.values():
        assert body["metadata"]["annotations"]["com.coder.user.email"] == email
    environment = {entry["name"]: entry.get("value") for entry in odd.pod_spec["containers"][0]["env"]}
    assert environment["X"] == 'y"\n          - name: Z'
    assert "Z" not in environment
