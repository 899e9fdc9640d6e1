import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi
import pytest

from components.workspace_image import digest_reference
from components.workspace_image_arguments import (
    content_tag,
    source_commit,
    workspace_image_args,
    workspace_image_reference,
)
from core.command import Command
from core.errors import SptFlowError
from core.image_reference import ImageReference
from images.workspace.arguments import CONTEXT, DOCKERFILE
from settings import Settings
from tests.support.analyzer import PackAnalyzer, StackItem
from tests.support.recording import PUSHED_DIGEST, Registered, declare
from tests.support.sample_settings import sample_settings

_REGISTRY = "registry.coder.svc.cluster.local:5000"
_PASSWORD = "canary-44ce-password"  # noqa: S105 - of nobody


def _settings(**values: str) -> Settings:
    return sample_settings("dev", ["workspaceImagePushPassword"], **values)


def _declare(**values: str) -> tuple[dict[str, Registered], str]:
    """Declare the image; return what was registered and the reference that came out."""
    references: list[str] = []

    def program() -> None:
        opts = pulumi.ResourceOptions()
        reference = workspace_image_reference(_settings(**values), pulumi.Output.from_input(_REGISTRY), opts)
        pulumi.Output.from_input(reference).apply(references.append)

    return declare(program), references[0]


def test_without_a_build_the_setting_counts() -> None:
    found, reference = _declare(workspaceImage="registry.example.com/own/image:1")
    assert (found, reference) == ({}, "registry.example.com/own/image:1")


def test_one_image_a_tag_each_after_the_one_before() -> None:
    found, reference = _declare(workspaceImageBuild="slim", workspaceImagePush="10.98.0.50:5000")
    images = {name: entry for name, entry in found.items() if entry.type == "docker:index/image:Image"}
    assert next(iter(images)) == "workspace-image-content"
    assert list(images)[-1] == "workspace-image-latest"
    assert {entry.parent for entry in images.values()} == {"workspace-image"}
    content, latest = images["workspace-image-content"], images["workspace-image-latest"]
    assert content.inputs["imageName"].startswith("10.98.0.50:5000/spt-flow/workspace:content-")
    assert latest.inputs["imageName"] == "10.98.0.50:5000/spt-flow/workspace:latest"
    assert content.depends_on == frozenset()
    assert list(images)[-2] in latest.depends_on
    assert reference == f"{_REGISTRY}/spt-flow/workspace@{PUSHED_DIGEST}"


def test_every_tag_is_the_same_build() -> None:
    found, _ = _declare(workspaceImageBuild="full", workspaceImageBuildArgs='{"BASE_IMAGE": "debian:12"}')
    builds = [entry.inputs["build"] for entry in found.values() if entry.type == "docker:index/image:Image"]
    assert len(builds) > 1
    assert all(build == builds[0] for build in builds)
    assert (builds[0]["target"], builds[0]["platform"], builds[0]["network"]) == ("full", "linux/amd64", "host")
    assert (Path(builds[0]["context"]), Path(builds[0]["dockerfile"])) == (CONTEXT, DOCKERFILE)
    assert builds[0]["args"]["BASE_IMAGE"] == "debian:12"
    assert builds[0]["builderVersion"] == "BuilderBuildKit"


def test_settings_reach_the_build() -> None:
    args = workspace_image_args(
        _settings(
            workspaceImageBuild="slim",
            workspaceImageRequired='["node", "git"]',
            workspaceAgentsUrl="https://git.example.com/a.git",
            workspaceAgentsRef="v1",
        ),
        _REGISTRY,
    )
    assert args is not None
    assert args["build_args"]["REQUIRED_TOOLS"] == "git node"
    assert (args["build_args"]["AGENTS_URL"], args["build_args"]["AGENTS_REF"]) == (
        "https://git.example.com/a.git",
        "v1",
    )
    assert "push" not in args


def test_a_password_is_a_secret_wherever_it_stands() -> None:
    found, _ = _declare(
        workspaceImageBuild="slim", workspaceImagePushUser="pusher", workspaceImagePushPassword=_PASSWORD
    )
    for entry in found.values():
        if entry.type == "docker:index/image:Image":
            assert entry.inputs["registry"] == {"server": _REGISTRY, "username": "pusher", "password": _PASSWORD}
            assert any(path.startswith("registry") for path in entry.secrets)


def test_nobody_signs_in_without_a_user() -> None:
    found, _ = _declare(workspaceImageBuild="slim")
    assert all("registry" not in entry.inputs for entry in found.values())


def test_the_pack_has_nothing_to_say_about_the_labs_build() -> None:
    found, _ = _declare(
        workspaceImageBuild="slim",
        workspaceImagePush="10.98.7.50:5000",
        workspaceImagePushUser="pusher",
        workspaceImagePushPassword=_PASSWORD,
    )
    items = [StackItem(each.type, each.sent, each.name, each.protect, each.parent) for each in found.values()]
    assert PackAnalyzer.of_stack("dev").analyze_everything(items) == []


@pytest.mark.parametrize("pushed", ["", "sha256:" + "0" * 64, "registry.example.com/x:1", "X//"])
def test_a_push_without_a_digest_is_one_sentence(pushed: str) -> None:
    with pytest.raises(SptFlowError, match="a reference with a digest is expected") as caught:
        digest_reference(_REGISTRY, "spt-flow/workspace", pushed)
    assert "\n" not in str(caught.value)


def _context(folder: Path) -> Path:
    (folder / "microvm").mkdir(parents=True)
    (folder / "microvm" / "hello.py").write_text("hello")
    return folder


def _tag(context: Path, target: str = "slim", args: Mapping[str, str] | None = None) -> str:
    return content_tag(target, args or {"A": "1", "B": "2"}, context)


def test_the_content_tag_is_one_and_changes_with_what_an_image_is_made_of(tmp_path: Path) -> None:
    context = _context(tmp_path)
    before = _tag(context)
    assert ImageReference.parse(f"x:{before}").tag == before
    (context / "elsewhere").write_text("not part of it")
    (context / "microvm" / "__pycache__").mkdir()
    (context / "microvm" / "__pycache__" / "hello.pyc").write_text("not part of it")
    assert _tag(context, args={"B": "2", "A": "1"}) == before
    assert _tag(context, "full") != before
    assert _tag(context, args={"A": "1", "B": "3"}) != before
    (context / "microvm" / "hello.py").chmod(0o755)
    executable = _tag(context)
    assert executable != before
    (context / "microvm" / "hello.py").write_text("hallo")
    assert _tag(context) not in (before, executable)


def test_links_are_content_too(tmp_path: Path) -> None:
    context = _context(tmp_path)
    (context / "microvm" / "link").symlink_to("nowhere")
    before = _tag(context)
    (context / "microvm" / "link").unlink()
    (context / "microvm" / "link").symlink_to("elsewhere")
    assert _tag(context) != before


def test_the_ignore_file_says_only_what_the_tag_can_read() -> None:
    lines = (DOCKERFILE.parent / "Dockerfile.dockerignore").read_text().splitlines()
    said = [line for line in lines if line and not line.startswith("#")]
    assert said[0] == "*"
    for line in said[1:]:
        assert line.startswith(("!", "**/")), line
        assert not set(line.removeprefix("**/")) & set("?[") or line == "**/*.py[cod]", line
        assert not line.startswith("!") or (CONTEXT / line[1:]).exists(), line


def test_the_commit_is_that_of_the_sources() -> None:
    commit = source_commit()
    if not (CONTEXT / ".git").exists():
        assert commit is None
        return
    assert commit is not None
    named = commit.removesuffix("-dirty")
    assert len(named) == 40
    assert Command("git", cwd=CONTEXT).run("cat-file", "-t", named).stdout.strip() == "commit"


def test_where_git_knows_nothing_there_is_no_commits_tag(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    assert source_commit() is None
    args: Any = workspace_image_args(_settings(workspaceImageBuild="slim"), _REGISTRY)
    assert list(args["tags"]) == ["content", "latest"]
    assert json.dumps(args["tags"]).count("content-") == 1
