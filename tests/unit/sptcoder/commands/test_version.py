"""`sptcoder version`: of this program at any rate, of the server where it answers."""

import json

import pytest

from sptcoder.cli.run import run
from sptcoder.updates.release import remember
from sptcoder.version import VERSION, version_line
from tests.standins.coderd.server import Coderd

pytestmark = pytest.mark.usefixtures("own_home")


def _known(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("CODER_URL", url)
    monkeypatch.setenv("CODER_SESSION_TOKEN", "t")


def test_of_this_program_and_of_the_server(
    coderd: Coderd, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _known(monkeypatch, coderd.url)
    assert run(["version"]) == 0
    assert capsys.readouterr().out == f"{version_line()}\nCoder v2.36.3+7e0ff4c at {coderd.url}\n"
    assert "Coder-Session-Token" not in coderd.requests[-1].headers


@pytest.mark.parametrize(
    ("url", "said"), [("", "You are not signed in"), ("http://127.0.0.1:1", "cannot be reached")], ids=["none", "gone"]
)
def test_a_server_that_cannot_be_asked_is_no_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], url: str, said: str
) -> None:
    monkeypatch.setattr("sptcoder.session.sign_in._PATIENCE", 0.2)
    if url:
        _known(monkeypatch, url)
    assert run(["version"]) == 0
    shown = capsys.readouterr()
    assert shown.out == f"{version_line()}\n"
    assert said in shown.err


def test_json_names_the_newest_release_known(capsys: pytest.CaptureFixture[str]) -> None:
    remember("9.8.7")
    assert run(["version", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["version"], found["newest"]) == (VERSION, "9.8.7")
    assert found["server"]["problem"] == "You are not signed in to a Coder server yet."
    assert len(found["correlation_id"]) == 32


def test_an_unknown_context_is_a_misuse() -> None:
    assert run(["version", "--context", "eve"]) == 2
