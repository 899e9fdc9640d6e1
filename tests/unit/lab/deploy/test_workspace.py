"""The engine's private copies: overlay on top, salt carried forward, the tree untouched."""

from pathlib import Path

import yaml

from lab.deploy.stack_file import StackFile, load_stack_file
from lab.deploy.workspace import prepare_workspace


def project(folder: Path) -> StackFile:
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text("name: spt-flow\nruntime: python\n", encoding="utf-8")
    (folder / "Pulumi.dev.yaml").write_text("config:\n  spt-flow:cluster: lab\n  spt-flow:a: one\n", encoding="utf-8")
    return load_stack_file("dev", folder)


def read(path: Path) -> dict[str, object]:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(content, dict)
    return content


def test_the_overlay_wins_and_the_tracked_file_stays(tmp_path: Path) -> None:
    stack = project(tmp_path / "tree")
    before = stack.path.read_bytes()
    work = prepare_workspace(tmp_path / "work", stack, {"a": "two", "b": "three"})
    assert read(work / "Pulumi.dev.yaml")["config"] == {
        "spt-flow:cluster": "lab",
        "spt-flow:a": "two",
        "spt-flow:b": "three",
    }
    assert (work / "Pulumi.yaml").exists()
    assert stack.path.read_bytes() == before
    assert (work / "Pulumi.dev.yaml").stat().st_mode & 0o777 == 0o600


def test_the_salt_is_carried_forward(tmp_path: Path) -> None:
    stack = project(tmp_path / "tree")
    work = prepare_workspace(tmp_path / "work", stack, {})
    private = work / "Pulumi.dev.yaml"
    private.write_text(private.read_text(encoding="utf-8") + "encryptionsalt: v1:abc\n", encoding="utf-8")
    prepare_workspace(tmp_path / "work", stack, {})
    assert read(private)["encryptionsalt"] == "v1:abc"


def test_a_torn_private_copy_does_not_stop_the_next_run(tmp_path: Path) -> None:
    stack = project(tmp_path / "tree")
    work = prepare_workspace(tmp_path / "work", stack, {})
    (work / "Pulumi.dev.yaml").write_text("config: [", encoding="utf-8")
    prepare_workspace(tmp_path / "work", stack, {})
    assert "encryptionsalt" not in read(work / "Pulumi.dev.yaml")
