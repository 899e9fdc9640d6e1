"""How a lab builds its image: which target, with what, and when the builder has to run."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from lab.deploy import image_build as module
from lab.deploy.image_build import IMAGE_TYPE, image_build
from lab.deploy.run_events import RunEvents
from lab.deploy.stack_file import StackFile, load_stack_file
from lab.deploy.target import builds_image, lab_target
from lab.display.resource_tree import ResourceOutcome
from lab.instance import LabInstance
from lab.progress import SilentProgress
from lab.toolchain import Toolchain
from settings import WorkspaceImageSettings

_REGISTRY = "10.98.7.50:5000"


def _stack(folder: Path, **settings: object) -> StackFile:
    config = {f"spt-flow:{key}": value for key, value in {"cluster": "lab", **settings}.items()}
    (folder / "Pulumi.dev.yaml").write_text(yaml.safe_dump({"config": config}), encoding="utf-8")
    return load_stack_file("dev", folder)


def test_a_stack_that_builds_none_has_no_build(tmp_path: Path) -> None:
    kept = tmp_path / "image-target"
    kept.write_text("full\n")
    assert image_build(_stack(tmp_path), kept, registry=_REGISTRY) is None
    assert image_build(_stack(tmp_path, workspaceImageBuild="none"), kept, registry=_REGISTRY) is None


def test_the_target_is_the_one_asked_for_or_kept_or_the_stacks(tmp_path: Path) -> None:
    stack, kept = _stack(tmp_path, workspaceImageBuild="slim"), tmp_path / "image-target"

    def target(asked: module.Target | None = None) -> str:
        found = image_build(stack, kept, registry=_REGISTRY, target=asked)
        assert found is not None
        return found.target

    assert target() == "slim"
    assert target("full") == "full"
    built = image_build(stack, kept, registry=_REGISTRY, target="full")
    assert built is not None
    built.keep()
    assert target() == "full"
    assert target("slim") == "slim"
    kept.write_text("fat\n")
    assert target() == "slim"


def test_the_settings_are_the_labs_under_the_stacks_own(tmp_path: Path) -> None:
    stack = _stack(tmp_path, workspaceImageBuild="slim", workspaceImageBuildArgs={"GO_IMAGE": "golang:1"})
    found = image_build(stack, tmp_path / "none", registry=_REGISTRY)
    assert found is not None
    values = found.settings
    assert (values["workspaceImageBuild"], values["workspaceImagePush"]) == ("slim", _REGISTRY)
    arguments = values["workspaceImageBuildArgs"]
    assert isinstance(arguments, dict)
    assert arguments["GO_IMAGE"] == "golang:1"
    assert arguments["BASE_IMAGE"].startswith("localhost/spt-flow/")
    # What the program reads it with takes it.
    WorkspaceImageSettings.model_validate(values)


def test_the_labs_target_has_the_settings_and_the_builders_address(tmp_path: Path) -> None:
    lab = LabInstance(name="unit", directory=tmp_path, slot=7)
    target = lab_target(_stack(tmp_path, workspaceImageBuild="slim"), lab)
    assert target.overlay["workspaceImagePush"] == _REGISTRY
    assert target.image_build is not None
    assert target.image_build.environment["DOCKER_HOST"].startswith("unix://")
    assert lab_target(_stack(tmp_path), lab).image_build is None
    assert lab_target(_stack(tmp_path), lab, image="full").overlay["workspaceImageBuild"] == "full"


def test_what_the_labs_own_stack_builds_can_be_asked(tmp_path: Path) -> None:
    lab = LabInstance(name="unit", directory=tmp_path, slot=7)
    assert builds_image(lab) == (lab_target(load_stack_file("dev"), lab).image_build is not None)


@pytest.fixture
def uses(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what is done with the builder, in its order; none is started."""
    done: list[str] = []

    @contextmanager
    def builder(_progress: object) -> Iterator[str]:
        done.append("up")
        yield "unix:///nowhere"
        done.append("down")

    monkeypatch.setattr(module, "builder", builder)
    monkeypatch.setattr(module, "load_build_bases", lambda _toolchain, _progress: done.append("bases"))
    return done


@pytest.mark.parametrize(
    ("kind", "operation", "expected"),
    [
        (IMAGE_TYPE, "create", ["up", "bases", "run", "down"]),
        (IMAGE_TYPE, "update", ["up", "bases", "run", "down"]),
        (IMAGE_TYPE, "replace", ["up", "bases", "run", "down"]),
        (IMAGE_TYPE, "same", ["run"]),
        (IMAGE_TYPE, "delete", ["run"]),
        ("kubernetes:core/v1:Secret", "create", ["run"]),
    ],
)
def test_the_builder_runs_for_plans_that_build(
    kind: str, operation: str, expected: list[str], uses: list[str], tmp_path: Path
) -> None:
    found = image_build(_stack(tmp_path, workspaceImageBuild="slim"), tmp_path / "none", registry=_REGISTRY)
    assert found is not None
    planned = RunEvents()
    planned.changes["urn"] = ResourceOutcome(
        urn="urn", type=kind, name="x", parent="", operation=operation, seconds=0.0, failed=False
    )
    with found.ready_for(planned, Toolchain(bin=tmp_path, images=tmp_path), SilentProgress()):
        uses.append("run")
    assert uses == expected
