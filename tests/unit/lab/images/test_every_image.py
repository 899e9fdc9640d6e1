"""What holds for each of the lab's images: its user, its labels, and what answers for its health."""

from pathlib import Path
from typing import Final

import pytest

from lab.images import coder_images, debian_images, definitions, parts, pushgateway_image
from lab.images.archive import ImageSpec, LayerFile
from lab.images.coder_images import coder_image_specs
from lab.images.debian_images import debian_image_specs
from lab.images.definitions import image_specs
from lab.images.pushgateway_image import pushgateway_image_specs
from lab.toolchain import Toolchain

LAYERS: Final = ("base", "postgres", "platform-tools", "python-packages")
ROOT_USER: Final = "0:0"
AS_ROOT: Final = {
    "base": "Envbuilder takes the place of its whole root file system, and then runs as the user of the devcontainer",
    "envbuilder": "the same, seen from the side of the builder",
    "busybox": "makes and empties the folders of volumes on the node, which are root's",
}
"""Images that start as root, and why; every other one has a user of its own."""

LABELS: Final = {f"org.opencontainers.image.{name}" for name in ("title", "version", "source", "licenses")}


@pytest.fixture
def specs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, ImageSpec]:
    layers = {name: LayerFile(tmp_path / name, f"{number:064}", 1) for number, name in enumerate(LAYERS)}
    monkeypatch.setattr(debian_images, "debian_layers", lambda _: layers)
    for module in (definitions, coder_images):
        monkeypatch.setattr(module, "check_parts", lambda *_: None)
        monkeypatch.setattr(module, "busybox_entries", lambda _: [])
    monkeypatch.setattr(pushgateway_image, "check_parts", lambda *_: None)
    monkeypatch.setattr(definitions, "busybox_version", lambda _: "1.35.0")
    toolchain = Toolchain(bin=tmp_path, images=tmp_path)
    return {
        **image_specs(toolchain),
        **coder_image_specs(toolchain),
        **debian_image_specs(toolchain),
        **pushgateway_image_specs(toolchain),
    }


def test_an_image_has_a_user_of_its_own_or_a_reason(specs: dict[str, ImageSpec]) -> None:
    assert {name for name, spec in specs.items() if spec.config.user == ROOT_USER} == set(AS_ROOT)
    for name in specs.keys() - AS_ROOT.keys():
        user, _, group = specs[name].config.user.partition(":")
        # A number, since Kubernetes cannot see whether a name is root's.
        assert int(user) > 0, name
        assert int(group) > 0, name


def test_an_image_says_what_it_is(specs: dict[str, ImageSpec]) -> None:
    for name, spec in specs.items():
        assert spec.config.labels.keys() >= LABELS, name
        assert all(spec.config.labels.values()), name
        assert spec.config.labels["org.opencontainers.image.title"] == name


def test_an_image_has_a_version_as_its_tag(specs: dict[str, ImageSpec]) -> None:
    for name, spec in specs.items():
        assert spec.reference.startswith(f"{parts.reference(name, '')}")
        assert spec.reference.rpartition(":")[2][:1].isdigit(), name
