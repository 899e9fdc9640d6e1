"""What the namespaces refuse and allow, asked of the real API server."""

import pytest

from tests.integration.conftest import Platform

pytestmark = pytest.mark.lab


@pytest.mark.parametrize(
    ("limits", "named"),
    [({"cpu": "9", "memory": "1Gi"}, "cpu"), ({"cpu": "1", "memory": "17Gi"}, "memory")],
)
def test_a_workspace_over_8_cpu_or_16_gib_is_refused(platform: Platform, limits: dict[str, str], named: str) -> None:
    pod = platform.pod("too-big", image=platform.shell_image.reference, command=["sleep", "1"], limits=limits)
    refused = platform.kubectl.apply(pod, check=False)
    assert refused.returncode != 0
    assert "forbidden" in refused.stderr
    assert named in refused.stderr


def test_a_workspace_at_the_bound_is_admitted(platform: Platform) -> None:
    limits = {"cpu": "8", "memory": "16Gi"}
    pod = platform.pod("at-bound", image=platform.shell_image.reference, command=["sleep", "1"], limits=limits)
    try:
        platform.kubectl.apply(pod)
    finally:
        platform.kubectl.delete("pod/at-bound", namespace="coder-workspace")


def test_a_pod_without_limits_gets_the_defaults(platform: Platform) -> None:
    pod = platform.pod("plain", image=platform.shell_image.reference, command=["sleep", "1"], limits=None)
    try:
        platform.kubectl.apply(pod)
        resources = platform.kubectl.get("-n", "coder-workspace", "pod", "plain")["spec"]["containers"][0]["resources"]
        assert resources["requests"]["cpu"] == "250m"
        assert resources["requests"]["memory"] == "512Mi"
        assert set(resources["limits"]) >= {"cpu", "memory"}
    finally:
        platform.kubectl.delete("pod/plain", namespace="coder-workspace")


def test_a_privileged_pod_is_refused_in_both_coder_namespaces(platform: Platform) -> None:
    for namespace in ("coder", "coder-workspace"):
        pod = platform.pod("bad", image=platform.shell_image.reference, command=["sleep", "1"], namespace=namespace)
        pod["spec"]["containers"][0]["securityContext"]["privileged"] = True
        pod["spec"]["containers"][0]["securityContext"].pop("allowPrivilegeEscalation", None)
        refused = platform.kubectl.apply(pod, check=False)
        assert refused.returncode != 0
        assert "violates PodSecurity" in refused.stderr


@pytest.mark.parametrize("namespace", ["coder", "coder-workspace", "spt-system"])
def test_each_namespace_carries_its_guards(platform: Platform, namespace: str) -> None:
    labels = platform.kubectl.get("namespace", namespace)["metadata"]["labels"]
    assert "pod-security.kubernetes.io/enforce" in labels
    for kind in ("resourcequota", "limitrange", "networkpolicy"):
        assert platform.kubectl.get("-n", namespace, kind)["items"], f"{namespace} has no {kind}"
    policies = platform.kubectl.get("-n", namespace, "networkpolicy")["items"]
    closed = [
        policy
        for policy in policies
        if not policy["spec"]["podSelector"]
        and set(policy["spec"]["policyTypes"]) == {"Ingress", "Egress"}
        and not policy["spec"].get("ingress")
        and not policy["spec"].get("egress")
    ]
    assert closed, f"{namespace} has no default-deny policy"
