"""Plugins lie where the engine looks for them."""

import importlib.metadata
import os
import subprocess
import sys
from pathlib import Path

import pytest

from lab.plugins.installation import EDITIONS, find_official, install_plugins

_PROJECT = Path(__file__).resolve().parents[4]
_PYTHON = Path(sys.executable)


def _fake_official(folder: Path, name: str = "command") -> Path:
    path = folder / f"pulumi-resource-{name}"
    folder.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\x7fELF official")
    path.chmod(0o755)
    return path


def test_editions_run_from_anywhere_and_say_their_version(tmp_path: Path) -> None:
    installed = install_plugins(tmp_path, python=_PYTHON, project=_PROJECT, official={})
    assert {plugin.name: plugin.version for plugin in installed} == dict(EDITIONS)
    plugin = next(plugin for plugin in installed if plugin.name == "random")
    assert plugin.path == tmp_path / "plugins" / f"resource-random-v{plugin.version}" / "pulumi-resource-random"
    assert not plugin.official
    assert plugin.path.stat().st_mode & 0o777 == 0o755
    (tmp_path / "random.py").write_text("raise SystemExit('the working directory must not be imported from')")
    process = subprocess.Popen(
        [plugin.path],
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path)},
    )
    assert process.stdout is not None
    port = process.stdout.readline()
    process.communicate()
    assert int(port) > 0
    assert process.returncode == 0


@pytest.mark.parametrize("name", sorted(EDITIONS))
def test_an_edition_stands_for_the_installed_sdk(name: str) -> None:
    assert EDITIONS[name] == importlib.metadata.version(f"pulumi-{name}")


def test_a_second_time_changes_nothing(tmp_path: Path) -> None:
    first = install_plugins(tmp_path, python=_PYTHON, project=_PROJECT, official={})
    inodes = {plugin.path: plugin.path.stat().st_ino for plugin in first}
    assert install_plugins(tmp_path, python=_PYTHON, project=_PROJECT, official={}) == first
    assert {path: path.stat().st_ino for path in inodes} == inodes
    assert list(tmp_path.rglob(".*")) == []


def test_an_interrupted_installation_and_old_editions_are_cleared(tmp_path: Path) -> None:
    plugin = install_plugins(tmp_path, python=_PYTHON, project=_PROJECT, official={})[0]
    stale = plugin.path.parent.with_name("resource-command-v99.0.0")
    stale.mkdir()
    (stale / plugin.path.name).write_bytes(plugin.path.read_bytes())
    partial = plugin.path.parent.with_name(f"{plugin.path.parent.name}.partial")
    partial.touch()
    foreign = _fake_official(plugin.path.parent.with_name("resource-command-v1.0.0"))
    install_plugins(tmp_path, python=_PYTHON, project=_PROJECT, official={})
    assert not stale.exists()
    assert not partial.exists()
    assert foreign.exists()


def test_an_official_plugin_is_linked_and_later_replaced_again(tmp_path: Path) -> None:
    official = _fake_official(tmp_path / "somewhere")
    home = tmp_path / "home"
    install_plugins(home, python=_PYTHON, project=_PROJECT, official={})
    plugin = install_plugins(home, python=_PYTHON, project=_PROJECT, official={"command": official})[0]
    assert plugin.official
    assert plugin.path.resolve() == official
    plugin = install_plugins(home, python=_PYTHON, project=_PROJECT, official={})[0]
    assert not plugin.official
    assert not plugin.path.is_symlink()
    assert official.read_bytes() == b"\x7fELF official"


def test_one_installed_by_pulumi_itself_is_left_alone(tmp_path: Path) -> None:
    path = _fake_official(tmp_path / "plugins" / f"resource-command-v{EDITIONS['command']}")
    plugin = install_plugins(tmp_path, python=_PYTHON, project=_PROJECT, official={})[0]
    assert plugin.official
    assert path.read_bytes() == b"\x7fELF official"


def test_the_official_one_is_found_at_home_or_on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert find_official("command", "1.2.1") is None
    on_path = _fake_official(tmp_path / "bin")
    assert find_official("command", "1.2.1") == on_path
    at_home = _fake_official(tmp_path / ".pulumi" / "plugins" / "resource-command-v1.2.1")
    assert find_official("command", "1.2.1") == at_home
    assert find_official("command", "1.2.2") == on_path


def test_our_own_edition_is_never_taken_for_an_official_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plugin = install_plugins(tmp_path, python=_PYTHON, project=_PROJECT, official={})[0]
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(plugin.path.parent))
    assert find_official(plugin.name, plugin.version) is None
