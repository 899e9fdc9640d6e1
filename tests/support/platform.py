"""The platform, deployed once into the session's lab as `make up` does it."""

from dataclasses import dataclass
from typing import Any

import pytest

import ports
from core.kubernetes_names import object_labels
from lab.cluster import start_lab
from lab.deploy.service import deploy
from lab.deploy.stack_file import StackFile, load_stack_file
from lab.deploy.target import lab_target
from lab.images import NodeImage, node_images
from lab.instance import LabInstance
from lab.progress import SilentProgress
from lab.toolchain import Toolchain
from tests.support.kubectl import Kubectl

DEFAULT_LIMITS = {"cpu": "500m", "memory": "128Mi"}


@dataclass(frozen=True)
class Platform:
    """A lab with the platform in it."""

    instance: LabInstance
    toolchain: Toolchain
    stack: StackFile
    kubectl: Kubectl
    shell_image: NodeImage

    @property
    def registry(self) -> str:
        return f"{self.instance.registry_address}:{ports.REGISTRY}"

    def pod(
        self,
        name: str,
        *,
        image: str,
        command: list[str],
        limits: dict[str, str] | None = DEFAULT_LIMITS,
        namespace: str = "coder-workspace",
    ) -> dict[str, Any]:
        """Return a small, locked-down pod; without `limits` the namespace's defaults apply."""
        return {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": name, "namespace": namespace, "labels": object_labels(name, "test")},
            "spec": {
                "terminationGracePeriodSeconds": 0,
                "automountServiceAccountToken": False,
                "securityContext": {
                    "runAsNonRoot": True,
                    "runAsUser": 1000,
                    "fsGroup": 1000,
                    "seccompProfile": {"type": "RuntimeDefault"},
                },
                "containers": [
                    {
                        "name": "main",
                        "image": image,
                        "command": command,
                        "resources": {}
                        if limits is None
                        else {"limits": limits, "requests": {"cpu": "10m", "memory": "16Mi"}},
                        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
                    }
                ],
            },
        }


@pytest.fixture(scope="session")
def platform(lab: LabInstance, toolchain: Toolchain, request: pytest.FixtureRequest) -> Platform:
    """Deploy the stack `dev` into the session's lab, which gets the platform's images for it."""
    stack = load_stack_file("dev")
    if not request.config.getoption("--platform-here"):
        start_lab(lab, toolchain, SilentProgress(), platform=True)
        deploy(lab_target(stack, lab), toolchain, SilentProgress())
    shell = next(image for image in node_images(toolchain) if image.name == "busybox")
    return Platform(lab, toolchain, stack, Kubectl(toolchain.bin, lab.kubeconfig), shell)
