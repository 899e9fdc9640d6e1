"""Commands typed to a stand-in of a server, in this process."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from sptcoder.cli.run import run
from tests.standins.coderd.server import Coderd

_TIME = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)?( \w+|[+-]\d\d:\d\d|Z)?")
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}")
_SECONDS = re.compile(r"\d+\.\d s")


@dataclass(frozen=True)
class Typed:
    """What a command left; times, ids, seconds and the server's address are replaced by their kind."""

    code: int
    stdout: str
    stderr: str


Typing = Callable[..., Typed]


@pytest.fixture
def typed(
    coderd: Coderd, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Typing:
    """Return a function that runs a command as somebody who is signed in to the stand-in, without a terminal."""
    monkeypatch.setenv("CODER_URL", coderd.url)
    monkeypatch.setenv("CODER_SESSION_TOKEN", coderd.platform.token)
    monkeypatch.setenv("SPT_FLOW_SKIP_UPDATE_CHECK", "true")
    monkeypatch.setenv("TZ", "UTC")
    coderd.platform.jobs.script.polls = 1
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    monkeypatch.chdir(tmp_path)

    def words(*given: str) -> Typed:
        code = run(given)
        said = capsys.readouterr()
        return Typed(code, _plain(said.out, coderd.url), _plain(said.err, coderd.url))

    return words


def _plain(text: str, url: str) -> str:
    for found, kind in ((_TIME, "TIME"), (_ID, "ID"), (_SECONDS, "N s")):
        text = found.sub(kind, text)
    return text.replace(url, "https://coder.example.com")
