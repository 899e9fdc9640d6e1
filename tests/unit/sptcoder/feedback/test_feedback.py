import json
import stat
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from core.errors import UsageError
from sptcoder.cli.run import run
from sptcoder.config import Context, edit_document
from sptcoder.feedback.delivery import DEFAULT_PAGE, feedback_page
from sptcoder.feedback.message import compose
from sptcoder.version import version_line
from tests.standins.coderd.server import Coderd

CANARY = "canary-4711-secret"


def test_what_is_sent_is_words_and_versions() -> None:
    message = compose("  up should take two.\nPlease.  ", server="v2.36.3", secrets=[])
    assert message.title == "up should take two."
    lines = message.body.splitlines()
    assert lines[:4] == ["up should take two.", "Please.", "", f"- {version_line()}"]
    assert lines[-1] == "- Coder v2.36.3"
    assert len(lines) == 6


def test_a_long_first_line_is_cut_in_the_title_only() -> None:
    message = compose("x" * 100, server=None, secrets=[])
    assert message.title == "x" * 69 + "..."
    assert "x" * 100 in message.body


@given(st.text(min_size=1, max_size=200).filter(str.strip), st.sampled_from(["?template=bug.md", ""]))
def test_any_words_come_through_the_address(words: str, query: str) -> None:
    message = compose(words, server=None, secrets=[])
    address = message.address(f"https://issues.example.com/new{query}")
    assert address is not None
    assert address.isascii()
    found = parse_qs(urlsplit(address).query, keep_blank_values=True)
    assert found["title"] == [message.title]
    assert found["body"] == [message.body]


def test_too_much_for_an_address_has_none() -> None:
    assert compose("x" * 9000, server=None, secrets=[]).address("https://issues.example.com/new") is None


@pytest.mark.parametrize("page", ["javascript:alert(1)", "file:///etc/passwd", "x", "https://ada:pw@example.com/"])
def test_a_page_that_is_none_is_refused(own_home: Path, page: str) -> None:
    with pytest.raises(UsageError, match="is no web page") as caught:
        feedback_page({"HOME": str(own_home), "USERPROFILE": str(own_home), "SPT_FLOW_FEEDBACK_URL": page})
    assert "pw" not in caught.value.message


def test_the_page_is_a_setting(own_home: Path) -> None:
    assert feedback_page({"HOME": str(own_home), "USERPROFILE": str(own_home)}) == DEFAULT_PAGE
    (own_home / ".spt-flow.yaml").write_text("feedback_url: https://issues.example.com/new\n")
    assert feedback_page({"HOME": str(own_home), "USERPROFILE": str(own_home)}) == "https://issues.example.com/new"


@pytest.fixture
def signed_in(own_home: Path, coderd: Coderd) -> Coderd:
    del own_home
    here = Context(name="here", url=coderd.url, token=SecretStr(CANARY))
    edit_document(lambda document: document.having(here))
    return coderd


def test_the_address_is_the_result_and_what_is_sent_is_shown(
    signed_in: Coderd, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SPT_FLOW_FEEDBACK_URL", f"{signed_in.url}/issues/new")
    assert run(["feedback", f"my token {CANARY} is too long"]) == 0
    said = capsys.readouterr()
    address = said.out.strip()
    assert address.startswith(f"{signed_in.url}/issues/new?title=my+token+%3Ctoken%3E+is+too+long&body=")
    body = parse_qs(urlsplit(address).query)["body"][0]
    assert body in said.err
    assert CANARY not in said.out + said.err
    assert "- Coder v2.36.3+7e0ff4c" in body
    assert signed_in.url not in body


def test_offline_it_is_saved_to_a_file(
    signed_in: Coderd, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], own_home: Path
) -> None:
    del signed_in
    monkeypatch.setenv("SPT_FLOW_FEEDBACK_URL", "http://127.0.0.1:1/issues/new")
    assert run(["feedback", "--json", "two repositories"]) == 0
    said = json.loads(capsys.readouterr().out)
    path = Path(said["saved"])
    assert path.parent == own_home / ".local" / "state" / "spt-flow" / "feedback"
    assert path.read_text() == f"# {said['title']}\n\n{said['body']}"
    assert sys.platform == "win32" or stat.S_IMODE(path.stat().st_mode) == 0o600
    assert said["url"] is None


@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize("words", [[], [""], ["   "]], ids=repr)
def test_without_words_and_terminal_it_is_a_misuse(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["feedback", *words]) == 2
    assert "Next:  sptcoder feedback 'what is missing, or wrong'" in capsys.readouterr().err


@pytest.mark.usefixtures("signed_in")
def test_an_unknown_context_is_said() -> None:
    assert run(["feedback", "--context", "eve", "words"]) == 2
