import json
from collections.abc import Callable
from pathlib import Path

import pulumi
import pytest

from components.template import Template, TemplateArgs
from core.errors import UsageError
from sptcoder.templates.archive import pack_template
from sptcoder.templates.request import PushRequest, SmokeSettings
from sptcoder.templates.settings import TemplateSettings
from tests.support.recording import Registered, declare

_CANARY = "canary-0b7d33-token"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "main.tf").write_text("# x")
    return tmp_path


def _push(folder: Path, change: Callable[[TemplateArgs], None] = lambda _: None) -> Registered:
    args: TemplateArgs = {
        "name": "demo",
        "directory": folder,
        "url": "http://coder.example.com",
        "session_token": _CANARY,
    }
    change(args)
    return declare(lambda: Template("demo", args))["demo-push"]


def test_the_command_is_the_push_and_the_token_a_secret(folder: Path) -> None:
    push = _push(folder)
    assert push.parent == "demo"
    assert push.inputs["create"] == "push"
    assert push.inputs["interpreter"][1:] == ["-m", "sptcoder.platform"]
    assert Path(push.inputs["dir"], "sptcoder", "platform", "__main__.py").is_file()
    assert push.inputs["environment"]["CODER_SESSION_TOKEN"] == _CANARY
    assert any(path.startswith("environment") for path in push.secrets)
    argv = json.dumps([push.inputs["create"], push.inputs["interpreter"], push.inputs["triggers"]])
    assert _CANARY not in argv


def test_the_request_is_one_the_push_takes(folder: Path) -> None:
    def fill(args: TemplateArgs) -> None:
        args["settings"] = TemplateSettings(default_ttl_ms=1_800_000, activity_bump_ms=0)
        args["variables"] = {"namespace": pulumi.Output.from_input("coder-workspace")}
        args["smoke"] = SmokeSettings(parameters={"cpu": "1"})

    request = PushRequest.parse(_push(folder, fill).inputs["environment"]["SPTCODER_PUSH"])
    assert (request.name, request.directory, request.variables) == ("demo", folder, {"namespace": "coder-workspace"})
    assert (request.settings.default_ttl_ms, request.settings.activity_bump_ms) == (1_800_000, 0)
    assert request.smoke.parameters == {"cpu": "1"}


def test_a_changed_file_is_a_changed_trigger(folder: Path) -> None:
    before = _push(folder).inputs["triggers"]
    assert before == [pack_template(folder).sha256]
    assert _push(folder).inputs["triggers"] == before
    (folder / "main.tf").write_text("# y")
    assert _push(folder).inputs["triggers"] != before


def test_a_changed_overlay_is_a_changed_trigger(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    shared = tmp_path_factory.mktemp("shared")

    def overlay(args: TemplateArgs) -> None:
        args["overlays"] = [shared]

    before = _push(folder, overlay).inputs["triggers"]
    (shared / "agent.tf").write_text("# z")
    assert _push(folder, overlay).inputs["triggers"] != before


def test_a_new_token_is_no_changed_trigger(folder: Path) -> None:
    def other(args: TemplateArgs) -> None:
        args["session_token"] = "another"  # noqa: S105 - of nobody

    assert _push(folder, other).inputs["triggers"] == _push(folder).inputs["triggers"]


def test_a_folder_that_is_no_template_is_found_at_preview(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"has no \.tf file"):
        _push(tmp_path)
