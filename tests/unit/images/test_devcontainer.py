""".devcontainer/devcontainer.json: well-formed, and on the workspace image by whatever digest its user names."""

import json
from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest

ROOT: Final = Path(__file__).resolve().parents[3]
FILE: Final = ROOT / ".devcontainer" / "devcontainer.json"

_COMMAND: Final = {"type": ["string", "array"], "items": {"type": "string"}}
SCHEMA: Final[dict[str, Any]] = {
    # The properties that are used here, as https://containers.dev/implementors/json_reference/ has them.
    "type": "object",
    "required": ["image"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string"},
        "image": {"type": "string", "minLength": 1},
        "remoteUser": {"type": "string"},
        "updateRemoteUserUID": {"type": "boolean"},
        "onCreateCommand": _COMMAND,
        "customizations": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "vscode": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        "extensions": {
                            "type": "array",
                            "items": {"type": "string", "pattern": r"^[A-Za-z0-9-]+\.[A-Za-z0-9-]+$"},
                            "uniqueItems": True,
                        }
                    },
                }
            },
        },
    },
}


@pytest.fixture(scope="module")
def content() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return read


def test_it_is_what_the_schema_asks_for(content: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(content, SCHEMA, cls=jsonschema.Draft202012Validator)


def test_the_schema_can_refuse(content: dict[str, Any]) -> None:
    for wrong in ({"image": ""}, {"imagee": "x"}, {"updateRemoteUserUID": "false"}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**content, **wrong}, SCHEMA, cls=jsonschema.Draft202012Validator)


def test_the_image_is_the_workspaces_by_a_reference_that_is_not_written_here(content: dict[str, Any]) -> None:
    assert content["image"] == "${localEnv:SPT_FLOW_WORKSPACE_IMAGE}"
    assert not (FILE.parent / "Dockerfile").exists()


def test_the_user_is_the_images_own(content: dict[str, Any]) -> None:
    assert content["remoteUser"] == "coder"
    # The image's files belong to uid 1000; another number would own none of them.
    assert content["updateRemoteUserUID"] is False


def test_what_it_runs_is_there(content: dict[str, Any]) -> None:
    program, script = content["onCreateCommand"].split()
    assert program == "sh"
    assert (ROOT / script).is_file()
