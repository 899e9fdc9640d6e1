"""The Debian-based images: names that the stack of the lab uses, users, and no folder of Debian's replaced."""

from pathlib import Path

import pytest
import yaml

from lab.images import debian_images
from lab.images.archive import ImageSpec, LayerFile
from lab.images.debian_images import DEBIAN_IMAGE_NAMES, debian_image_specs
from lab.toolchain import Toolchain

ROOT = Path(__file__).parents[4]
LAYERS = ("base", "postgres", "platform-tools", "python-packages")
LINKS = ("/bin", "/lib", "/lib64", "/sbin", "/var/run", "/var/lock")
"""What are links in Debian: a folder of that name in a layer would take the place of all that is behind it."""


@pytest.fixture
def specs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, ImageSpec]:
    layers = {name: LayerFile(tmp_path / name, f"{number:064}", 1) for number, name in enumerate(LAYERS)}
    monkeypatch.setattr(debian_images, "debian_layers", lambda _: layers)
    return debian_image_specs(Toolchain(bin=tmp_path, images=tmp_path))


def test_the_labs_stack_names_its_database(specs: dict[str, ImageSpec]) -> None:
    config = yaml.safe_load((ROOT / "Pulumi.dev.yaml").read_text())["config"]
    assert config["spt-flow:databaseImage"] == specs["postgres"].reference


def test_all_lie_upon_one_base(specs: dict[str, ImageSpec]) -> None:
    assert tuple(specs) == DEBIAN_IMAGE_NAMES
    assert {spec.below[0].path.name for spec in specs.values()} == {"base"}
    assert [layer.path.name for layer in specs["postgres"].below] == ["base", "postgres"]
    assert specs["base"].entries == ()


def test_each_runs_as_the_user_it_is_for(specs: dict[str, ImageSpec]) -> None:
    assert {name: spec.config.user for name, spec in specs.items()} == {
        "postgres": "999:999",
        "platform-tools": "65532:65532",
        "base": "0:0",
    }


def test_no_entry_goes_through_a_link_of_debians(specs: dict[str, ImageSpec]) -> None:
    paths = [entry.path for spec in specs.values() for entry in spec.entries]
    assert paths
    assert [path for path in paths if path.startswith(tuple(f"{link}/" for link in LINKS))] == []
