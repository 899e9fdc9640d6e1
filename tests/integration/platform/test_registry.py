"""The registry, used as a developer and a node use it."""

import time

import httpx
import pytest
from tests.integration.conftest import Platform

import ports
from core.command import Command

pytestmark = pytest.mark.lab

IN_CLUSTER = "registry.coder.svc.cluster.local:5000"
REPOSITORY = "integration/shell"


@pytest.fixture(scope="module")
def pushed(platform: Platform) -> str:
    """Push a small image from the host; return its tag."""
    tag = f"t{int(time.time())}"
    Command("skopeo").run(
        "--insecure-policy",
        "copy",
        "--dest-tls-verify=false",
        f"oci-archive:{platform.shell_image.archive}",
        f"docker://{platform.registry}/{REPOSITORY}:{tag}",
        timeout=60,
    )
    return tag


def test_an_image_pushed_from_the_host_runs_by_its_in_cluster_name(platform: Platform, pushed: str) -> None:
    pod = platform.pod("pulled", image=f"{IN_CLUSTER}/{REPOSITORY}:{pushed}", command=["sleep", "600"])
    platform.kubectl.apply(pod)
    try:
        platform.kubectl.wait("pod/pulled", "condition=Ready", namespace="coder-workspace")
        status = platform.kubectl.get("-n", "coder-workspace", "pod", "pulled")["status"]["containerStatuses"][0]
        assert IN_CLUSTER in status["image"]
        # What runs is what was pushed, digest for digest.
        accept = "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json"
        head = httpx.head(
            f"http://{platform.registry}/v2/{REPOSITORY}/manifests/{pushed}",
            headers={"Accept": accept},
            trust_env=False,
        )
        assert status["imageID"].endswith(head.headers["docker-content-digest"])
    finally:
        platform.kubectl.delete("pod/pulled", namespace="coder-workspace")


def test_images_survive_the_registrys_pod(platform: Platform, pushed: str) -> None:
    selector = "app.kubernetes.io/name=registry"
    before = platform.kubectl.get("-n", "coder", "pods", "-l", selector)["items"][0]["metadata"]["name"]
    platform.kubectl.delete(f"pod/{before}", namespace="coder")
    platform.kubectl.wait("deployment/registry", "condition=Available", namespace="coder")
    after = platform.kubectl.get("-n", "coder", "pods", "-l", selector)["items"][0]["metadata"]["name"]
    assert after != before
    tags = httpx.get(f"http://{platform.registry}/v2/{REPOSITORY}/tags/list", trust_env=False, timeout=30).json()
    assert pushed in tags["tags"]


def test_deleting_a_manifest_is_allowed(platform: Platform, pushed: str) -> None:
    Command("skopeo").run(
        "--insecure-policy", "delete", "--tls-verify=false", f"docker://{platform.registry}/{REPOSITORY}:{pushed}"
    )
    gone = httpx.get(f"http://{platform.registry}/v2/{REPOSITORY}/manifests/{pushed}", trust_env=False)
    assert gone.status_code == httpx.codes.NOT_FOUND


def test_the_pod_is_locked_down(platform: Platform) -> None:
    pod = platform.kubectl.get("-n", "coder", "pods", "-l", "app.kubernetes.io/name=registry")["items"][0]
    container = pod["spec"]["containers"][0]
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert pod["spec"]["automountServiceAccountToken"] is False
    assert set(container["resources"]["limits"]) >= {"cpu", "memory"}
    refused = platform.kubectl.run("-n", "coder", "exec", pod["metadata"]["name"], "--", "/bin/registry", "--version")
    assert "registry" in refused.stdout
    assert container["ports"][0]["containerPort"] == ports.REGISTRY
