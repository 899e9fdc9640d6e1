"""images/workspace/tools/: a script a tool, which the Dockerfile runs and versions.py gives its version."""

import json
import re
from pathlib import Path
from typing import Any, Final

import pytest

import versions
from core.command import Command
from images.workspace.arguments import workspace_arguments
from lab.images.build_bases import build_base_arguments

ROOT: Final = Path(__file__).resolve().parents[3]
IMAGE: Final = ROOT / "images" / "workspace"
DOCKERFILE: Final = (IMAGE / "Dockerfile").read_text(encoding="utf-8")
SCRIPTS: Final = sorted(path.name for path in (IMAGE / "tools").glob("*.sh"))
DOWNLOADED: Final = {
    "firecracker": versions.FIRECRACKER,
    "kuasar": versions.KUASAR,
    "op": versions.ONEPASSWORD_CLI,
    "wash": versions.WASH,
}
SILENT: Final = {"code-server-build.sh"}
"""Makes what another script reports."""


def _text(name: str) -> str:
    return (IMAGE / "tools" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_dockerfile_runs_each_script(name: str) -> None:
    assert f"source=images/workspace/tools/{name}," in DOCKERFILE
    assert re.search(rf"(?<![/\w.-]){re.escape(name)}\b", DOCKERFILE.replace(f"target=/mnt/{name}", ""))


@pytest.mark.parametrize("name", SCRIPTS)
def test_each_script_may_be_run_and_says_what_it_has(name: str) -> None:
    assert (IMAGE / "tools" / name).stat().st_mode & 0o111 == 0o111
    assert name in SILENT or "build-report.sh had" in _text(name)


def test_the_scripts_are_sound() -> None:
    scripts = [str(path) for folder in ("bases", "npm", "system", "tools") for path in (IMAGE / folder).glob("*.sh")]
    assert Command(str(ROOT / ".venv" / "bin" / "shellcheck")).run(*sorted(scripts)).stdout == ""


@pytest.mark.parametrize("tool", DOWNLOADED)
def test_a_tool_that_is_downloaded_may_be_missing(tool: str) -> None:
    script = _text(f"{tool}.sh")
    assert f"download.sh {tool} " in script
    assert "|| exit 0" in script


def test_every_version_the_dockerfile_asks_for_is_given() -> None:
    asked = set(re.findall(r"^ARG (\w+)$", DOCKERFILE, re.MULTILINE))
    given = workspace_arguments()
    assert asked - {"REQUIRED_TOOLS", "MISSING_TOOLS"} <= set(given)
    assert all(given[name] for name in asked if name.endswith("_VERSION"))


def test_a_lab_does_not_try_downloads_and_names_what_it_lacks_for_it() -> None:
    assert workspace_arguments()["DOWNLOADS"] == "yes"
    lab = build_base_arguments("full")
    assert lab["DOWNLOADS"] == "no"
    assert set(DOWNLOADED) <= set(lab["MISSING_TOOLS"].split())


def test_every_download_has_a_hash() -> None:
    lines = (IMAGE / "downloads.txt").read_text(encoding="utf-8").splitlines()
    listed = [line.split("  ") for line in lines if not line.startswith("#")]
    assert all(re.fullmatch("[0-9a-f]{64}", digest) and url.startswith("https://") for digest, url in listed)
    for version in DOWNLOADED.values():
        assert sum(f"/v{version}/" in url for _, url in listed) == 1


def test_the_module_of_gh_has_its_version() -> None:
    text = (IMAGE / "modules" / "gh" / "go.mod").read_text(encoding="utf-8")
    assert f"require github.com/cli/cli/v2 v{versions.GH}\n" in text
    assert (IMAGE / "modules" / "gh" / "go.sum").stat().st_size > 0


@pytest.mark.parametrize(
    ("folder", "package", "version"),
    [
        ("claude", "@anthropic-ai/claude-code", versions.CLAUDE_CODE),
        ("claude-flow", "claude-flow", versions.CLAUDE_FLOW),
    ],
)
def test_the_locks_hold_versions_and_hashes_and_no_addresses(folder: str, package: str, version: str) -> None:
    manifest: dict[str, Any] = json.loads((IMAGE / "npm" / folder / "package.json").read_text(encoding="utf-8"))
    lock: dict[str, Any] = json.loads((IMAGE / "npm" / folder / "package-lock.json").read_text(encoding="utf-8"))
    assert manifest["dependencies"] == {package: version}
    assert lock["packages"][f"node_modules/{package}"]["version"] == version
    for name, entry in lock["packages"].items():
        assert "resolved" not in entry
        assert name == "" or entry.get("inBundle") or entry["integrity"].startswith("sha512-")
