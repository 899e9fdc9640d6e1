"""The lab's Debian images do what they are for; that of PostgreSQL runs Coder's database in every test of Coder."""

from collections.abc import Iterator

import pytest

from lab.images import NodeImage, platform_images
from tests.integration.conftest import Platform

pytestmark = pytest.mark.lab

NAMESPACE = "coder-workspace"
NAMES = ("platform-tools", "base")


@pytest.fixture(scope="module")
def images(platform: Platform) -> Iterator[dict[str, NodeImage]]:
    """Run a pod of each image, as its kind of pod is run here."""
    found = {image.name: image for image in platform_images(platform.toolchain)}
    pods = [
        platform.pod(
            f"try-{name}",
            image=found[name].reference,
            command=["sleep", "600"],
            limits={"cpu": "1", "memory": "1Gi"},
        )
        for name in NAMES
    ]
    pods[0]["spec"]["securityContext"] = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
    pods[0]["spec"]["containers"][0]["securityContext"]["readOnlyRootFilesystem"] = True
    try:
        platform.kubectl.apply(*pods)
        for name in NAMES:
            platform.kubectl.wait(f"pod/try-{name}", "condition=Ready", namespace=NAMESPACE)
        yield found
    finally:
        pods_made = [f"pod/try-{name}" for name in NAMES]
        platform.kubectl.run("-n", NAMESPACE, "delete", *pods_made, "--ignore-not-found", "--now")


def inside(platform: Platform, name: str, script: str) -> str:
    return platform.kubectl.run("-n", NAMESPACE, "exec", f"try-{name}", "--", "sh", "-c", script).stdout


@pytest.mark.usefixtures("images")
def test_the_jobs_run_without_rights_on_a_read_only_root(platform: Platform) -> None:
    assert "Usage: python -m jobs" in inside(platform, "platform-tools", "python3 -m jobs --help")
    assert inside(platform, "platform-tools", "id -u; touch /made 2>/dev/null || echo refused").split() == [
        "65532",
        "refused",
    ]
    assert inside(platform, "platform-tools", "pg_dump --version; restic version").count("\n") == 2


@pytest.mark.usefixtures("images")
def test_the_bare_image_has_nothing_to_lean_on(platform: Platform) -> None:
    assert inside(platform, "base", "for tool in curl git python3 wget sudo; do command -v $tool || :; done") == ""
