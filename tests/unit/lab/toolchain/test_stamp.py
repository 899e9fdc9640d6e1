"""The record that a tool is built."""

from dataclasses import replace
from pathlib import Path

import pytest

from lab.toolchain.cache import Cache
from lab.toolchain.gotools import GO_TOOLS, GoTool
from lab.toolchain.stamp import Stamp

PAUSE = next(tool for tool in GO_TOOLS if tool.name == "pause")


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    cache = Cache(tmp_path)
    cache.create()
    (cache.bin / "pause").write_text("program")
    (cache.bin / "pause").chmod(0o755)
    Stamp.of(PAUSE, cache, "go1").write()
    return cache


def matches(cache: Cache, tool: GoTool = PAUSE, compiler: str = "go1") -> bool:
    return Stamp.of(tool, cache, compiler).matches()


def test_a_built_tool_is_known(cache: Cache) -> None:
    assert matches(cache)


@pytest.mark.parametrize("change", ["missing", "truncated", "not executable"])
def test_a_program_that_is_not_whole_is_noticed(cache: Cache, change: str) -> None:
    program = cache.bin / "pause"
    if change == "missing":
        program.unlink()
    elif change == "truncated":
        program.write_text("prog")
    else:
        program.chmod(0o644)
    assert not matches(cache)


def test_another_compiler_flag_or_source_is_noticed(
    cache: Cache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not matches(cache, compiler="go2")
    assert not matches(cache, replace(PAUSE, variables=(("main.version", "2"),)))
    folder = tmp_path / "modules" / "pause"
    folder.mkdir(parents=True)
    for source in PAUSE.folder.iterdir():
        (folder / source.name).write_bytes(source.read_bytes())
    monkeypatch.setattr("lab.toolchain.gotools.MODULES", tmp_path / "modules")
    assert matches(cache)
    (folder / "backends" / "s3").mkdir(parents=True)
    assert matches(cache)
    (folder / "backends" / "s3" / "backend.go").write_text("package s3")
    assert not matches(cache)
    (folder / "backends" / "s3" / "backend.go").unlink()
    (folder / "go.sum").write_text("x")
    assert not matches(cache)


@pytest.mark.parametrize("text", ["", "{", "[]", '"x"'])
def test_a_damaged_stamp_means_not_built(cache: Cache, text: str) -> None:
    (cache.stamps / "pause.json").write_text(text)
    assert not matches(cache)
