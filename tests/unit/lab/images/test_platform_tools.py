"""The image of the jobs: what of the project is in it, and when its name changes."""

import shutil
from pathlib import Path

import pytest

import versions
from lab.images import platform_tools, python_packages
from lab.images.platform_tools import platform_tools_reference, project_entries
from lab.images.python_packages import python_packages_fingerprint

ROOT = Path(__file__).parents[4]


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("core", "jobs", "sptcoder"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("ports.py", "versions.py", "uv.lock"):
        shutil.copy(ROOT / name, tmp_path / name)
    monkeypatch.setattr(platform_tools, "_ROOT", tmp_path)
    monkeypatch.setattr(python_packages, "_LOCK", tmp_path / "uv.lock")
    return tmp_path


def test_the_code_of_the_jobs_is_in_the_image_and_nothing_else(checkout: Path) -> None:
    (checkout / "jobs" / "__pycache__").mkdir(exist_ok=True)
    (checkout / "jobs" / "__pycache__" / "stale.pyc").touch()
    (checkout / "jobs" / ".swp").touch()
    paths = [entry.path for entry in project_entries()]
    assert "/opt/spt-flow/code/jobs/__main__.py" in paths
    assert "/opt/spt-flow/code/versions.py" in paths
    assert {path.split("/")[4] for path in paths} == {"core", "jobs", "sptcoder", "ports.py", "versions.py"}
    assert not [path for path in paths if "__pycache__" in path or ".swp" in path]


@pytest.mark.usefixtures("checkout")
def test_the_same_code_has_the_same_name() -> None:
    reference = platform_tools_reference()
    assert reference.startswith(f"localhost/spt-flow/platform-tools:{versions.PLATFORM}-")
    assert platform_tools_reference() == reference


def test_a_changed_or_moved_file_gives_another_name(checkout: Path) -> None:
    names = {platform_tools_reference()}
    program = checkout / "jobs" / "__main__.py"
    program.write_text(program.read_text() + "\n# changed\n")
    names.add(platform_tools_reference())
    program.rename(program.with_name("other.py"))
    names.add(platform_tools_reference())
    assert len(names) == 3


def test_a_package_of_the_jobs_gives_another_name_and_one_of_the_developers_does_not(checkout: Path) -> None:
    lock = checkout / "uv.lock"
    before, text = python_packages_fingerprint(), lock.read_text()
    assert 'name = "ruff"\nversion = "' in text
    lock.write_text(text.replace('name = "ruff"\nversion = "', 'name = "ruff"\nversion = "99'))
    assert python_packages_fingerprint() == before
    # A dependency of a dependency.
    lock.write_text(text.replace('name = "h11"\nversion = "', 'name = "h11"\nversion = "99'))
    assert python_packages_fingerprint() != before
