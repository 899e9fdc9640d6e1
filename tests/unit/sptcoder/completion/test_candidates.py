from pathlib import Path

import pytest
from pydantic import SecretStr

from sptcoder.cli.command_table import COMMANDS
from sptcoder.completion.answer import run
from sptcoder.completion.candidates import candidates
from sptcoder.config import Context, edit_document
from tests.standins.coderd.server import Coderd


@pytest.fixture
def signed_in(own_home: Path, coderd: Coderd) -> Coderd:
    del own_home
    here = Context(name="here", url=coderd.url, token=SecretStr(coderd.platform.token))
    gone = Context(name="gone", url="http://127.0.0.1:1", token=SecretStr("t"))
    edit_document(lambda document: document.having(gone).having(here))
    build = {"id": "b", "transition": "start", "status": "running", "job": {"id": "j", "status": "succeeded"}}
    for name in ("shop", "shelf", "blog"):
        coderd.platform.workspaces[name] = {
            "id": name,
            "name": name,
            "owner_id": "u",
            "owner_name": "spt-ci",
            "template_id": "t",
            "template_name": "spt-flow",
            "latest_build": build,
        }
    return coderd


def _words(*words: str) -> list[str]:
    *before, current = words
    return [found.word for found in candidates(before, current)]


@pytest.mark.usefixtures("own_home")
def test_every_command_is_offered_first() -> None:
    assert _words("") == [entry.name for entry in COMMANDS]
    assert _words("st") == ["status", "stop", "start"]
    assert _words("--") == ["--help", "--version"]


@pytest.mark.usefixtures("own_home")
@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.name)
def test_each_commands_options_are_offered(entry: object) -> None:
    assert "--help" in _words(entry.name, "--")  # type: ignore[attr-defined]  # an entry of the table


@pytest.mark.usefixtures("own_home")
def test_groups_choices_and_nothing() -> None:
    assert _words("context", "") == ["list", "use", "show", "remove"]
    assert _words("completion", "") == ["bash", "zsh", "fish", "powershell"]
    assert _words("completion", "z") == ["zsh"]
    assert _words("nonsense", "") == []
    assert _words("context", "nonsense", "") == []
    assert _words("init", "--url", "") == []
    assert _words("ssh", "shop", "--", "") == []


@pytest.mark.usefixtures("signed_in")
def test_names_of_contexts() -> None:
    assert _words("context", "use", "") == ["gone", "here"]
    assert _words("status", "--context", "h") == ["here"]
    assert _words("status", "--context", "=", "h") == ["here"]


@pytest.mark.usefixtures("signed_in")
def test_names_of_workspaces_come_from_the_server() -> None:
    assert _words("status", "") == ["shop", "shelf", "blog"]
    assert _words("stop", "--context", "here", "sh") == ["shop", "shelf"]
    assert _words("status", "shop", "") == []


@pytest.mark.usefixtures("signed_in")
def test_a_server_that_does_not_answer_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sptcoder.completion.names._PATIENCE", 0.3)
    assert _words("status", "--context", "gone", "") == []


@pytest.mark.usefixtures("own_home")
def test_nobody_is_signed_in(capsys: pytest.CaptureFixture[str]) -> None:
    run(["status", "="])
    assert capsys.readouterr() == ("", "")


def test_a_bad_configuration_is_no_message_in_the_middle_of_a_line(
    own_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (own_home / ".spt-flow.yaml").write_text("[")
    run(["context", "use", "="])
    run([])
    assert capsys.readouterr().err == ""


@pytest.mark.usefixtures("own_home")
def test_a_line_is_word_and_explanation(capsys: pytest.CaptureFixture[str]) -> None:
    run(["=doc"])
    assert capsys.readouterr().out == ("doctor\tCheck what this program needs, and say how to mend what is missing.\n")
