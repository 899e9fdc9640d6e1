"""000:FR13, 001:153-155: the wheel that pipx and uv install."""

import ast
import hashlib
import re
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from release.sources import ROOT
from release.wheel import build_wheel, distribution, requirements
from sptcoder.version import VERSION

MODULES = {"yaml": "pyyaml"}
"""Modules whose package has another name."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("dist"))


def _read(wheel: Path, name: str) -> str:
    with zipfile.ZipFile(wheel) as archive:
        found = next(entry for entry in archive.namelist() if entry.endswith(name))
        return archive.read(found).decode()


def test_it_is_for_every_system(wheel: Path) -> None:
    assert wheel.name == f"sptcoder-{VERSION}-py3-none-any.whl"


def test_both_spellings_are_programs(wheel: Path) -> None:
    entries = _read(wheel, "entry_points.txt")
    assert re.findall(r"^(\w+) = sptcoder\.__main__:main$", entries, re.MULTILINE) == ["sptCoder", "sptcoder"]


def test_it_has_templates_licence_and_page(wheel: Path) -> None:
    assert _read(wheel, "bundled_templates/spt-flow/main.tf")
    assert "Apache License" in _read(wheel, "licenses/LICENSE")
    assert "# sptcoder, the command line" in _read(wheel, "METADATA")


def test_it_needs_what_the_checkout_says(wheel: Path) -> None:
    needed = re.findall(r"^Requires-Dist: ([\w-]+)", _read(wheel, "METADATA"), re.MULTILINE)
    assert needed == sorted(re.split(r"[^\w-]", requirement)[0] for requirement in requirements())


def test_it_needs_everything_that_is_imported() -> None:
    imported = {
        name.split(".")[0]
        for source in (ROOT / "sptcoder").rglob("*.py")
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8")))
        for name in _imported(node)
    }
    foreign = imported - set(sys.stdlib_module_names) - {"core", "sptcoder", "__future__"}
    needed = {re.split(r"[^\w-]", requirement)[0] for requirement in requirements()}
    assert {MODULES.get(name, name) for name in foreign} == needed


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module] if isinstance(node, ast.ImportFrom) and node.module else []


def test_the_same_commit_gives_the_same_bytes(wheel: Path, tmp_path: Path) -> None:
    again = build_wheel(tmp_path)
    assert hashlib.sha256(again.read_bytes()).digest() == hashlib.sha256(wheel.read_bytes()).digest()


def test_the_distribution_has_the_version_of_the_program_and_the_project() -> None:
    made = tomllib.loads(distribution())["project"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert made["version"] == VERSION == project["version"]
    assert made["requires-python"] == project["requires-python"]
