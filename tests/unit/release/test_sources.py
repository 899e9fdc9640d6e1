"""What a release is made of: the packages, no more of core than they need, the templates, the commit."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from release.sources import ROOT, stage


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("release") / "sources"
    stage(folder)
    return folder


def test_only_the_two_packages_are_there(staged: Path) -> None:
    assert sorted(path.name for path in staged.iterdir()) == ["core", "sptcoder"]
    assert not [path for path in staged.rglob("*") if path.suffix == ".pyc"]


def test_of_core_there_is_what_is_imported(staged: Path) -> None:
    names = {path.name for path in (staged / "core").iterdir()}
    assert {"__init__.py", "errors.py", "command.py"} <= names
    assert not names & {"workloads.py", "policy_data.py", "coder_chart.py"}


def test_every_module_can_be_imported_from_there_alone(staged: Path) -> None:
    modules = [
        ".".join(path.relative_to(staged).with_suffix("").parts)
        for path in sorted((staged / "sptcoder").rglob("*.py"))
        if "bundled_templates" not in path.parts and path.name not in {"__main__.py", "__init__.py"}
    ]
    program = f"import importlib, sys\nfor name in {modules!r}: importlib.import_module(name)\nprint(len(sys.argv))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=staged, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr


def test_the_templates_are_in_the_package(staged: Path) -> None:
    bundled = staged / "sptcoder" / "bundled_templates"
    assert {"ci", "coder-devcontainer-kubernetes", "shared", "spt-flow"} == {path.name for path in bundled.iterdir()}
    for name in ("ci/main.tf", "shared/workspace/agent.tf"):
        assert (bundled / name).read_bytes() == (ROOT / "templates" / name).read_bytes()


def test_the_commit_is_told(staged: Path) -> None:
    told = json.loads((staged / "sptcoder" / "release.json").read_text())
    assert re.fullmatch(r"[0-9a-f]{12}(-changed)?", told["commit"])
