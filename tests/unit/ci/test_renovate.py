"""renovate.json against the files it is for: a marker that is not found would never be renewed."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

import versions
from lab.toolchain.gotools import GO_TOOLS, IMAGE_TOOLS, LINT_TOOLS

ROOT = Path(__file__).parents[3]
CONFIG: dict[str, Any] = json.loads((ROOT / "renovate.json").read_text(encoding="utf-8"))
(MARKERS,) = CONFIG["customManagers"]
WITHOUT_MARKER = {"PLATFORM"}
"""Our own version: nobody else publishes it."""

DATASOURCES = {"crate", "docker", "github-releases", "go", "npm", "pypi"}
IMAGE_MODULES = {"github.com/cli/cli/v2"}
"""Built in the workspace image alone; nex besides, which a build asks the proxy for without a module file."""


def _pattern(text: str) -> re.Pattern[str]:
    """Return a pattern of Renovate, which writes named groups as JavaScript does, as one of Python."""
    return re.compile(text.replace("(?<", "(?P<"))


def _managed(manager: str) -> list[str]:
    """Return the tracked files that a manager's patterns (between slashes) name."""
    patterns = [re.compile(pattern.strip("/")) for pattern in CONFIG[manager]["managerFilePatterns"]]
    rooms = (ROOT / "lab" / "toolchain", ROOT / "images")
    files = [path.relative_to(ROOT).as_posix() for room in rooms for path in room.rglob("*") if path.is_file()]
    return sorted(name for name in files if any(pattern.search(name) for pattern in patterns))


def found_versions() -> dict[str, re.Match[str]]:
    text = (ROOT / "versions.py").read_text(encoding="utf-8")
    pattern = _pattern(MARKERS["matchStrings"][0])
    return {match[0].rpartition("\n")[2].partition(" ")[0]: match for match in pattern.finditer(text)}


def test_every_version_has_a_marker_that_is_found() -> None:
    assert set(found_versions()) == set(versions.__all__) - WITHOUT_MARKER


def test_the_version_that_is_found_is_the_one_that_is_used() -> None:
    for name, match in found_versions().items():
        assert match["currentValue"] == getattr(versions, name)
        assert match["datasource"] in DATASOURCES


def test_only_versions_py_is_looked_through() -> None:
    (pattern,) = MARKERS["managerFilePatterns"]
    assert re.search(pattern.strip("/"), "versions.py")
    assert not re.search(pattern.strip("/"), "lab/versions.py")


def test_the_v_of_a_tag_is_no_part_of_the_version() -> None:
    template = _pattern(MARKERS["extractVersionTemplate"])
    assert [template.match(tag)["version"] for tag in ("v1.34.4", "1.27")] == ["1.34.4", "1.27"]  # type: ignore[index] # matched


def test_every_module_file_of_the_toolchain_is_managed() -> None:
    tools = {tool.name for tool in (*GO_TOOLS, *LINT_TOOLS, *IMAGE_TOOLS)}
    toolchain = {f"lab/toolchain/modules/{name}/go.mod" for name in tools}
    assert set(_managed("gomod")) == toolchain | {"images/workspace/modules/gh/go.mod"}


def test_a_tool_s_version_and_module_file_come_in_one_change() -> None:
    modules = {match["depName"] for match in found_versions().values() if match["datasource"] == "go"}
    built = {tool.module for tool in (*GO_TOOLS, *LINT_TOOLS, *IMAGE_TOOLS) if tool.name != "pause"}
    assert modules == built | IMAGE_MODULES | {"github.com/synadia-io/nex"}
    (rule,) = [rule for rule in CONFIG["packageRules"] if rule.get("matchDatasources") == ["go"]]
    assert rule["groupName"] == "{{{depName}}}"


def test_requirements_with_hashes_are_managed() -> None:
    ours = [f"images/workspace/requirements/{name}.txt" for name in ("go", "node", "uv")]
    assert _managed("pip_requirements") == [*ours, "lab/toolchain/uv-requirements.txt"]


@pytest.mark.parametrize("manager", ["pep621", "github-actions", "dockerfile", "gomod", "custom.regex"])
def test_what_has_to_be_renewed_is(manager: str) -> None:
    assert manager in CONFIG["enabledManagers"]


def test_actions_keep_their_tags() -> None:
    (rule,) = [rule for rule in CONFIG["packageRules"] if rule.get("matchManagers") == ["github-actions"]]
    assert rule["pinDigests"] is False
    assert "helpers:pinGitHubActionDigests" not in CONFIG["extends"]


def test_the_bases_of_platform_tools_stay_one_debian_and_its_python() -> None:
    rules = [
        rule for rule in CONFIG["packageRules"] if "images/platform-tools/Dockerfile" in rule.get("matchFileNames", [])
    ]
    assert {rule["matchPackageNames"][0]: (tuple(rule["matchUpdateTypes"]), rule["enabled"]) for rule in rules} == {
        "python": (("major", "minor"), False),
        "debian": (("major",), False),
    }
