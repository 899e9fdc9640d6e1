"""The small stack in a namespace of its own in the session's lab."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.images import node_images
from lab.instance import LabInstance
from lab.toolchain import Toolchain
from tests.integration.deploy.small_stack import SmallStack
from tests.support.kubectl import Kubectl
from tests.support.small_stack.run import Run


@pytest.fixture
def small_stack(
    lab: LabInstance, toolchain: Toolchain, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[SmallStack]:
    shell = next(image for image in node_images(toolchain) if image.name == "busybox")
    namespace = f"small-{abs(hash(request.node.name)) % 10**8}"
    run = Run(
        directory=str(tmp_path / "deployment"),
        kubeconfig=str(lab.kubeconfig),
        context=lab.context,
        namespace=namespace,
        image=shell.reference,
        generation=0,
    )
    kubectl = Kubectl(toolchain.bin, lab.kubeconfig)
    yield SmallStack(run, kubectl)
    kubectl.run("delete", "namespace", namespace, "--ignore-not-found", "--wait=true", timeout=120)
