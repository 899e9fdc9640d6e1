"""The project's own configuration: Pulumi.yaml says what settings/ says, and every stack file is valid."""

from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from pydantic.alias_generators import to_camel

import versions
from core.errors import UsageError
from settings import GROUPS, PROJECT, engine_texts, load_settings

_ROOT: Final = Path(__file__).resolve().parents[3]
_STACKS: Final = ("dev", "prod", "staging")
_LABS_OWN: Final = {"spt-flow:kubeContext": "lab", "spt-flow:coderAccessUrl": "http://10.98.0.80"}
"""What the lab adds to its copy of its stack file, as far as it is required."""

_PROJECT_FILE: Final = yaml.safe_load((_ROOT / "Pulumi.yaml").read_text(encoding="utf-8"))


def _config(stack: str) -> dict[str, Any]:
    content = yaml.safe_load((_ROOT / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8"))
    assert list(content) == ["config"]
    config: dict[str, Any] = content["config"]
    return config


def _kind(default: object) -> str:
    return {bool: "boolean", tuple: "array", int: "integer", dict: "object"}.get(type(default), "string")


def _plain(default: object) -> object:
    if isinstance(default, bool | int | dict):
        return default
    return list(default) if isinstance(default, tuple) else str(default)


def test_the_stack_files_are_the_ones_that_are_tested() -> None:
    assert tuple(sorted(path.name.split(".")[1] for path in _ROOT.glob("Pulumi.*.yaml"))) == _STACKS


def test_the_project_file_declares_every_setting_as_the_code_has_it() -> None:
    assert _PROJECT_FILE["name"] == PROJECT
    fields = {to_camel(name): field for group in GROUPS for name, field in group.model_fields.items()}
    expected = {
        key: {"type": _kind(field.default), "default": _plain(field.default), "description": field.description}
        for key, field in fields.items()
    }
    declared = {
        key: {part: value for part, value in entry.items() if part != "items"}
        for key, entry in _PROJECT_FILE["config"].items()
    }
    assert declared == expected
    assert list(declared) == list(expected)
    for key, entry in _PROJECT_FILE["config"].items():
        assert ("items" in entry) == (entry["type"] == "array"), key


@pytest.mark.parametrize("stack", _STACKS)
def test_every_stack_is_valid(stack: str) -> None:
    config = engine_texts(_config(stack))
    if stack == "dev":
        config |= _LABS_OWN
    settings = load_settings(stack, config)
    assert settings.cluster.cluster == ("lab" if stack == "dev" else "kubeconfig")


def _uncommented(text: str) -> list[str]:
    """Return the first line of each paragraph of settings that does not begin with a comment."""
    firsts = [paragraph.strip("\n").splitlines()[0].strip() for paragraph in text.split("\n\n")]
    return [first for first in firsts if not first.startswith("#")]


@pytest.mark.parametrize("name", ["Pulumi.yaml", *(f"Pulumi.{stack}.yaml" for stack in _STACKS)])
def test_every_group_of_settings_says_what_it_is_for(name: str) -> None:
    text = (_ROOT / name).read_text(encoding="utf-8")
    assert _uncommented(text.partition("\nconfig:\n")[2]) == []


def test_a_group_without_a_comment_is_noticed() -> None:
    assert _uncommented("  # Why.\n  a: 1\n\n  b: 2\n  # Late.\n  c: 3\n") == ["b: 2"]


@pytest.mark.parametrize("stack", _STACKS)
def test_every_stack_has_the_guards_against_a_cluster_met_by_accident(stack: str) -> None:
    config = _config(stack)
    assert config["kubernetes:strictMode"] == "true"
    assert config["pulumi:disable-default-providers"] == ["kubernetes"]


def test_the_labs_stack_leaves_the_cluster_to_the_lab() -> None:
    config = engine_texts(_config("dev"))
    assert not {"spt-flow:kubeconfigPath", "spt-flow:kubeContext"} & config.keys()
    with pytest.raises(UsageError) as caught:
        load_settings("dev", config)
    assert caught.value.next_command == "make up"


@pytest.mark.parametrize("stack", ["prod", "staging"])
def test_the_clusters_of_users_are_examples(stack: str) -> None:
    assert _config(stack)["spt-flow:kubeContext"].endswith(".example.com")


@pytest.mark.parametrize("stack", _STACKS)
def test_the_registry_is_the_pinned_version(stack: str) -> None:
    config = engine_texts(_config(stack)) | (_LABS_OWN if stack == "dev" else {})
    assert load_settings(stack, config).registry.registry_image.tag == versions.REGISTRY


def test_the_engines_texts() -> None:
    config = {"a:b": True, "a:c": 8, "a:d": ["x"], "a:e": "text", "a:f": {"secure": "v1:..."}, "a:g": None}
    assert engine_texts(config) == {"a:b": "true", "a:c": "8", "a:d": '["x"]', "a:e": "text", "a:g": "null"}
