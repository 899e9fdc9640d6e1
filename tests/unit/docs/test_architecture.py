"""docs/architecture.md against the tree: rooms, the direction of imports, the picture."""

import ast
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "architecture.md").read_text()
SVG = "{http://www.w3.org/2000/svg}"

_FORBIDDEN = {
    "ci": {"benchmarks", "components", "jobs", "lab", "sptcoder"},
    "core": {"ci", "components", "jobs", "lab", "policies", "settings"},
    "components": {"benchmarks", "lab", "policies"},
    "jobs": {"benchmarks", "components", "lab", "policies", "settings"},
    "lab": {"benchmarks", "components"},
    "policies": {"benchmarks", "components", "lab", "settings"},
    "settings": {"components", "lab", "policies"},
    "release": {"benchmarks", "ci", "components", "jobs", "lab", "policies", "settings", "versions"},
    "sptcoder": {"benchmarks", "components", "lab", "policies", "release", "settings"},
    "images": {"ci", "components", "core", "jobs", "lab", "microvm", "policies", "settings", "sptcoder"},
    "microvm": {"ci", "components", "jobs", "lab", "policies", "settings", "sptcoder", "versions"},
    "validate": {"ci", "components", "jobs", "lab", "policies", "settings", "sptcoder", "versions"},
    "versions.py": {"components", "core", "lab", "policies", "settings"},
    "ports.py": {"components", "core", "lab", "policies", "settings"},
    "__main__.py": {"lab", "policies"},
}
"""What the files of a room must not import, from the table of rooms."""


def _sources(room: str) -> list[Path]:
    path = ROOT / room
    return [path] if path.is_file() else sorted(path.rglob("*.py"))


def _imported(source: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield node.module.split(".")[0]


def test_every_room_is_described() -> None:
    rooms = [
        f"{entry.name}/"
        for entry in ROOT.iterdir()
        if entry.is_dir() and not entry.name.startswith(".") and any(entry.rglob("*.py"))
    ] + [entry.name for entry in ROOT.glob("*.py")]
    assert "lab/" in rooms
    assert [room for room in rooms if f"`{room}`" not in PAGE] == []


def test_the_readme_names_every_folder() -> None:
    layout = (ROOT / "README.md").read_text().partition("## Layout")[2].partition("\n## ")[0]
    folders = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    named = {line.partition("/")[0] for line in folders.splitlines() if "/" in line and not line.startswith(".")}
    assert "lab" in named
    assert [name for name in sorted(named) if f"`{name}/`" not in layout] == []


@pytest.mark.parametrize("room", sorted(_FORBIDDEN))
def test_imports_point_one_way(room: str) -> None:
    sources = _sources(room)
    assert sources
    wrong = {
        f"{source.relative_to(ROOT)} imports {name}"
        for source in sources
        for name in _imported(source)
        if name in _FORBIDDEN[room]
    }
    assert wrong == set()


def test_the_picture_is_well_formed_and_holds_its_text_as_text() -> None:
    root = ET.parse(ROOT / "docs" / "images" / "architecture.svg").getroot()  # noqa: S314 - a file of this tree
    written = " ".join("".join(text.itertext()) for text in root.iter(f"{SVG}text"))
    for word in ("Pulumi engine", "Policy pack", "supervisord", "kube-apiserver", "coder-workspace", "veth pair"):
        assert word in written
    assert root.find(f"{SVG}title") is not None
    assert root.find(f"{SVG}desc") is not None
