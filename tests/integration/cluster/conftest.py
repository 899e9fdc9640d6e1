"""What the tests of the cluster share: kubectl on the session's lab, pods that only wait, names of images."""

from collections.abc import Callable
from typing import Any

import pytest

from lab.images import node_images
from lab.instance import LabInstance
from lab.toolchain import Toolchain
from tests.support.kubectl import Kubectl

_WAIT = "trap 'exit 0' TERM; while :; do sleep 1; done"

BuildPod = Callable[..., dict[str, Any]]


@pytest.fixture
def kubectl(lab: LabInstance, toolchain: Toolchain) -> Kubectl:
    return Kubectl(toolchain.bin, lab.kubeconfig)


@pytest.fixture(scope="session")
def build_pod(toolchain: Toolchain) -> BuildPod:
    """Build a pod that runs a shell command in the busybox image."""
    image = next(image.reference for image in node_images(toolchain) if image.name == "busybox")

    def build(name: str, script: str = _WAIT, **spec: object) -> dict[str, Any]:
        container = {
            "name": "main",
            "image": image,
            "command": ["sh", "-c", script],
            "resources": {"limits": {"cpu": "200m", "memory": "64Mi"}},
            **({"volumeMounts": spec.pop("mounts")} if "mounts" in spec else {}),
        }
        metadata = {"name": name, "namespace": "default", "labels": {"app": name}}
        return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"containers": [container], **spec}}

    return build
