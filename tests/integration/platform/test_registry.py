"""The registry, used as a developer and a node use it."""

import httpx
import pytest

import ports
from core.command import Command
from tests.integration.conftest import Platform
from tests.support.pushed_image import PushedImage, push_image

pytestmark = pytest.mark.lab

IN_CLUSTER = "registry.coder.svc.cluster.local:5000"
REPOSITORY = "integration/shell"


@pytest.fixture(scope="module")
def pushed(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> PushedImage:
    """Make a new image and push it from the host."""
    return push_image(platform.toolchain, platform.registry, REPOSITORY, tmp_path_factory.mktemp("image"))


def test_an_image_pushed_from_the_host_runs_by_its_in_cluster_name(platform: Platform, pushed: PushedImage) -> None:
    pod = platform.pod("pulled", image=f"{IN_CLUSTER}/{REPOSITORY}:{pushed.tag}", command=["sleep", "600"])
    try:
        platform.kubectl.apply(pod)
        platform.kubectl.wait("pod/pulled", "condition=Ready", namespace="coder-workspace")
        status = platform.kubectl.get("-n", "coder-workspace", "pod", "pulled")["status"]["containerStatuses"][0]
        assert status["imageID"] == f"{IN_CLUSTER}/{REPOSITORY}@{pushed.digest}"
        assert (
            platform.kubectl.run("-n", "coder-workspace", "exec", "pulled", "--", "cat", "/words").stdout
            == pushed.words
        )
    finally:
        platform.kubectl.delete("pod/pulled", namespace="coder-workspace")


def test_images_survive_the_registrys_pod(platform: Platform, pushed: PushedImage) -> None:
    selector = "app.kubernetes.io/name=registry"
    before = platform.kubectl.get("-n", "coder", "pods", "-l", selector)["items"][0]["metadata"]["name"]
    platform.kubectl.delete(f"pod/{before}", namespace="coder")
    platform.kubectl.wait("deployment/registry", "condition=Available", namespace="coder")
    after = platform.kubectl.get("-n", "coder", "pods", "-l", selector)["items"][0]["metadata"]["name"]
    assert after != before
    tags = httpx.get(f"http://{platform.registry}/v2/{REPOSITORY}/tags/list", trust_env=False, timeout=30).json()
    assert pushed.tag in tags["tags"]


def test_deleting_a_manifest_is_allowed(platform: Platform, pushed: PushedImage) -> None:
    Command("skopeo").run(
        "--insecure-policy", "delete", "--tls-verify=false", f"docker://{platform.registry}/{REPOSITORY}:{pushed.tag}"
    )
    gone = httpx.get(f"http://{platform.registry}/v2/{REPOSITORY}/manifests/{pushed.digest}", trust_env=False)
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
