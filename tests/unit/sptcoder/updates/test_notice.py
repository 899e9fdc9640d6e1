"""000:153-154, 000:S1.3: what is said of a newer release, where, and what it costs."""

import time
from pathlib import Path

import pytest

from sptcoder.updates.notice import announce_update
from sptcoder.updates.release import last_heard, remember
from sptcoder.version import VERSION


@pytest.fixture
def cache(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path)}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect the programs that would be started."""
    started: list[str] = []
    monkeypatch.setattr("core.command.Command.start", lambda _, *words, **__: started.append(" ".join(words)))
    return started


def test_000_s1_3_2_the_warning_has_the_exact_words_on_stderr(
    cache: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    remember("9.8.7", cache)
    announce_update(cache)
    said = capsys.readouterr()
    assert said.err == f"Update available: v{VERSION} -> v9.8.7\n"
    assert said.out == ""


@pytest.mark.parametrize("version", [VERSION, "0.0.1"])
def test_nothing_is_said_of_what_is_not_newer(
    cache: dict[str, str], capsys: pytest.CaptureFixture[str], version: str
) -> None:
    remember(version, cache)
    announce_update(cache)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("value", ["true", "TRUE", "1", "yes"])
def test_000_s1_3_3_a_variable_turns_both_off(
    cache: dict[str, str], capsys: pytest.CaptureFixture[str], asked: list[str], value: str
) -> None:
    announce_update({**cache, "SPT_FLOW_SKIP_UPDATE_CHECK": value})
    remember("9.8.7", cache)
    announce_update({**cache, "SPT_FLOW_SKIP_UPDATE_CHECK": value})
    assert capsys.readouterr() == ("", "")
    assert asked == []


def test_000_s1_3_1_the_source_is_asked_behind_the_command_once_a_day(
    cache: dict[str, str], asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        announce_update(cache)
    assert asked == ["-m sptcoder __refresh-release"]
    later = time.time() + 24 * 60 * 60 + 1
    monkeypatch.setattr("sptcoder.updates.notice.time.time", lambda: later)
    announce_update(cache, ask=False)
    assert len(asked) == 1
    announce_update(cache)
    assert len(asked) == 2


def test_a_clock_that_was_set_back_does_not_stop_the_question(
    cache: dict[str, str], asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    announce_update(cache)
    monkeypatch.setattr("sptcoder.updates.notice.time.time", lambda: 1000.0)
    announce_update(cache)
    assert len(asked) == 2


def test_a_cache_that_cannot_be_written_is_no_matter(
    tmp_path: Path, asked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    announce_update({"HOME": str(tmp_path), "USERPROFILE": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "file")})
    assert capsys.readouterr() == ("", "")
    assert asked == []


def test_it_costs_a_command_less_than_ten_milliseconds(cache: dict[str, str]) -> None:
    remember(VERSION, cache)
    assert last_heard(cache) is not None
    taken = []
    for _ in range(20):
        began = time.perf_counter()
        announce_update(cache)
        taken.append(time.perf_counter() - began)
    assert sorted(taken)[10] < 0.010


def test_an_executable_calls_itself(cache: dict[str, str], asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.frozen", True, raising=False)
    announce_update(cache)
    assert asked == ["__refresh-release"]
