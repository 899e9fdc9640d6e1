"""The whole of ensure_toolchain on the smallest tool, with a stand-in apt that brings a stand-in busybox package."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.errors import SptFlowError
from lab.progress import SilentProgress, Step
from lab.toolchain import Toolchain, drop_cache, ensure_deploy_tools, ensure_toolchain, toolchain_bin
from lab.toolchain.cache import Cache
from lab.toolchain.debian import DebianPackages
from lab.toolchain.golang import GoCompiler
from lab.toolchain.gotools import GO_TOOLS, GoTool
from lab.toolchain.stamp import Stamp

PAUSE = next(tool for tool in GO_TOOLS if tool.name == "pause")
APT_STAND_IN = """#!/bin/sh
set -e
echo "$1" >>"$STAND_IN_LOG"
[ "$1" = download ] || exit 0
[ -z "${STAND_IN_FAILURE:-}" ] || { echo "E: Unable to locate package busybox-static" >&2; exit 100; }
mkdir -p package/DEBIAN package/bin
printf 'Package: busybox-static\\nVersion: 1\\nArchitecture: all\\nMaintainer: t <t@example.com>\\nDescription: t\\n' \\
    >package/DEBIAN/control
printf 'busybox stand-in\\n' >package/bin/busybox
dpkg-deb --build package busybox-static_1_all.deb >/dev/null
"""


class Recorder(SilentProgress):
    """Keeps what was planned and how each step ended."""

    def __init__(self) -> None:
        self.planned: list[str] = []
        self.steps: list[tuple[str, str]] = []

    def plan(self, titles: list[str]) -> None:
        self.planned += titles

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        self.steps.append((title, "done"))
        yield self

    def note(self, text: str) -> None:
        pass

    def unchanged(self, reason: str) -> None:
        self.steps[-1] = (self.steps[-1][0], reason)


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "apt-get").write_text(APT_STAND_IN)
    (programs / "apt-get").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:/usr/sbin:/usr/bin:/sbin:/bin")
    monkeypatch.setenv("STAND_IN_LOG", str(tmp_path / "log"))
    monkeypatch.setattr("lab.toolchain.toolchain.DebianPackages", lambda: DebianPackages(required=()))
    return tmp_path / "log"


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


def ensure(cache: Cache, *tools: GoTool) -> list[tuple[str, str]]:
    recorder = Recorder()
    assert ensure_toolchain(recorder, cache, tools) == Toolchain(bin=cache.bin, images=cache.images)
    assert [title for title, _ in recorder.steps] == recorder.planned
    return recorder.steps


def test_a_first_run_builds_a_second_finds_everything_and_damage_is_repaired(cache: Cache, log: Path) -> None:
    title = f"Build pause {PAUSE.version}"
    packages = ("Debian packages", "already installed")
    assert ensure(cache, PAUSE) == [packages, ("Static busybox", "done"), (title, "done")]
    assert (cache.bin / "busybox").read_text() == "busybox stand-in\n"
    assert sorted(path.name for path in cache.bin.iterdir()) == ["busybox", "pause"]
    assert not cache.work.exists()

    assert ensure(cache, PAUSE) == [("Tools", "nothing to build or to install")]
    assert log.read_text() == "download\n"

    (cache.bin / "busybox").unlink()
    assert ensure(cache, PAUSE) == [packages, ("Static busybox", "done"), (title, "already built")]


def test_a_package_that_cannot_be_fetched_is_named(cache: Cache, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAND_IN_FAILURE", "1")
    with pytest.raises(SptFlowError, match="The Debian package busybox-static cannot be fetched"):
        ensure(cache)
    assert log.read_text().split() == ["download", "update", "download"]


@pytest.mark.usefixtures("log")
def test_too_little_disk_stops_the_run_before_anything_starts(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lab.toolchain.disk.REQUIRED_BYTES", 10**18)
    with pytest.raises(SptFlowError, match="of free disk"):
        ensure(cache, PAUSE)
    assert not cache.root.exists()


@pytest.mark.usefixtures("log")
def test_a_cache_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SptFlowError, match=r"The toolchain cannot be written to .*file/cache: Not a directory"):
        ensure(Cache(tmp_path / "file" / "cache"), PAUSE)


def test_a_cluster_of_the_users_needs_no_package_and_two_tools_only(cache: Cache, log: Path) -> None:
    cache.create()
    deploy_tools = [tool for tool in GO_TOOLS if tool.name in {"pulumi", "helm"}]
    for tool in deploy_tools:
        (cache.bin / tool.name).write_text("program")
        (cache.bin / tool.name).chmod(0o755)
        Stamp.of(tool, cache, GoCompiler.of_this_environment().fingerprint).write()
    recorder = Recorder()
    ensure_deploy_tools(recorder, cache)
    assert recorder.steps == [("Tools", "nothing to build or to install")]
    assert not log.exists()


def test_dropping_the_cache_removes_it_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    toolchain_bin().mkdir(parents=True)
    (tmp_path / "other").touch()
    assert drop_cache() == tmp_path / "spt-flow"
    assert [path.name for path in tmp_path.iterdir()] == ["other"]
    assert drop_cache() == tmp_path / "spt-flow"


@pytest.mark.parametrize("configured", ["", "relative/folder"])
def test_a_cache_setting_that_is_no_absolute_path_is_not_used(configured: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", configured)
    assert toolchain_bin() == Path.home() / ".cache" / "spt-flow" / "bin"


def test_lab_processes_see_the_cache_and_the_system_only(tmp_path: Path) -> None:
    toolchain = Toolchain(bin=tmp_path, images=tmp_path)
    assert toolchain.path == f"{tmp_path}:/usr/sbin:/usr/bin:/sbin:/bin"
    assert shutil.which("sh", path=toolchain.path) is not None
