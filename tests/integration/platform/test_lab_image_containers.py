"""Every container of the lab that runs an image of ours: no root, a root file system it cannot write to, a probe.

An image that is not held to one of these is listed with the reason. What runs here, runs so.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import pytest

from lab.images import node_images, platform_images
from lab.images.coder_images import CODER_IMAGE_NAMES
from lab.images.debian_images import DEBIAN_IMAGE_NAMES
from lab.images.definitions import IMAGE_NAMES
from tests.integration.conftest import Platform

pytestmark = pytest.mark.lab

OWN: Final = "localhost/spt-flow/"
MIB: Final = 1024**2
BUDGET: Final = {
    "pause": 2,
    "coredns": 60,
    "registry": 35,
    "local-path-provisioner": 65,
    "busybox": 4,
    "coder": 300,
    "envbuilder": 70,
    "postgres": 260,
    "platform-tools": 330,
    "base": 140,
    "pushgateway": 25,
}
"""Most MiB of each image, not compressed."""

AS_ROOT: Final = {
    "kvm-plugin": "the kubelet's folder of device plugins is root's, and /dev/kvm as well",
    "helper-pod": "makes and empties the folders of volumes on the node, which are root's",
}
"""Containers that run as root."""

WITHOUT_PROBE: Final = {
    "helper-pod": "it ends by itself, in a second",
    "local-path-provisioner": "it answers no request; what hangs shows as a volume claim that stays Pending",
    "kvm-plugin": "the kubelet itself notices when the plugin's socket goes",
}
"""Long-running containers without a probe; jobs end by themselves."""

WRITABLE: Final = {"busybox": "the helper of volumes, there for a second"}
"""Containers that may write to their root."""


@dataclass(frozen=True)
class Container:
    """A container of a running pod."""

    pod: dict[str, Any]
    body: dict[str, Any]

    @property
    def name(self) -> str:
        return str(self.body["name"])

    @property
    def image(self) -> str:
        return str(self.body["image"]).removeprefix(OWN).partition(":")[0]

    @property
    def is_of_a_job(self) -> bool:
        return any(owner["kind"] == "Job" for owner in self.pod["metadata"].get("ownerReferences", []))

    def setting(self, name: str) -> Any:  # noqa: ANN401 - whatever a security context holds
        own = self.body.get("securityContext", {})
        return own.get(name, self.pod["spec"].get("securityContext", {}).get(name))


@pytest.fixture(scope="module")
def containers(platform: Platform) -> list[Container]:
    found = list(_containers(platform))
    assert {"coredns", "registry", "coder", "postgres"} <= {container.image for container in found}
    return found


def _containers(platform: Platform) -> Iterator[Container]:
    for pod in platform.kubectl.get("pods", "--all-namespaces")["items"]:
        for container in pod["spec"]["containers"]:
            # Pods that tests make are not the lab's own.
            if (
                container["image"].startswith(OWN)
                and pod["metadata"].get("labels", {}).get("app.kubernetes.io/component") != "test"
            ):
                yield Container(pod, container)


def test_no_container_runs_as_root(containers: list[Container]) -> None:
    of_root = {
        one.name for one in containers if one.setting("runAsNonRoot") is not True or one.setting("runAsUser") == 0
    }
    assert of_root <= set(AS_ROOT)


def test_no_container_writes_to_its_root(containers: list[Container]) -> None:
    writing = {one.image for one in containers if one.setting("readOnlyRootFilesystem") is not True}
    assert writing <= set(WRITABLE)


def test_every_container_that_stays_has_a_probe_or_a_reason(containers: list[Container]) -> None:
    staying = [one for one in containers if not one.is_of_a_job]
    silent = {one.name for one in staying if not {"livenessProbe", "readinessProbe"} & set(one.body)}
    assert silent <= set(WITHOUT_PROBE)


def test_every_image_keeps_to_its_size(platform: Platform) -> None:
    images = [*node_images(platform.toolchain), *platform_images(platform.toolchain)]
    assert {image.name for image in images} == {*IMAGE_NAMES, *CODER_IMAGE_NAMES, *DEBIAN_IMAGE_NAMES, "pushgateway"}
    assert {image.name for image in images} == set(BUDGET)
    sizes = {image.name: image.archive.stat().st_size / MIB for image in images}
    assert {name: round(size) for name, size in sizes.items() if size > BUDGET[name]} == {}
