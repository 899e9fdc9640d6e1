"""The configuration file: whose it is, that it is whole, and how a bad one is met."""

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from core.errors import SptFlowError
from sptcoder.config import BadConfigError, Context, Document, config_path, edit_document, legacy_path, read_document

CANARY = "canary-4711-secret"
ADA = Context(name="ada", url="https://coder.example.com", token=SecretStr(CANARY))
BOB = Context(name="bob", url="https://b.example.com:8443", token=SecretStr("t2"), git_host="git.example.com")
CHECKOUT = Path(__file__).resolve().parents[4]


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path)}


def test_nothing_is_an_empty_configuration(home: dict[str, str]) -> None:
    assert read_document(home) == Document()
    config_path(home).parent.mkdir(parents=True)
    config_path(home).write_text("")
    assert read_document(home) == Document()


def test_what_is_written_is_read(home: dict[str, str]) -> None:
    edit_document(lambda document: document.having(BOB), home)
    edit_document(lambda document: document.having(ADA), home)
    found = read_document(home)
    assert found.contexts == (BOB, ADA)
    assert found.current == "ada"


@pytest.mark.skipif(sys.platform == "win32", reason="a user's folder is the user's own there")
def test_000_s1_2_3_only_its_owner_may_read_it(home: dict[str, str]) -> None:
    before = os.umask(0)
    try:
        path = config_path(home)
        edit_document(lambda document: document.having(ADA), home)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        path.chmod(0o644)
        edit_document(lambda document: document.having(BOB), home)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    finally:
        os.umask(before)


def test_a_failed_write_leaves_the_file_as_it_was(home: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    edit_document(lambda document: document.having(ADA), home)
    before = config_path(home).read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sptcoder.config.file.os.fsync", full)
    with pytest.raises(SptFlowError, match=r"cannot be written to .*: No space left on device"):
        edit_document(lambda document: document.having(BOB), home)
    assert config_path(home).read_bytes() == before
    assert sorted(path.name for path in config_path(home).parent.iterdir()) == ["config.lock", "config.yaml"]


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    home = {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "file" / "below")}
    assert read_document(home) == Document()
    with pytest.raises(SptFlowError, match="The configuration cannot be written to"):
        edit_document(lambda document: document, home)


def test_processes_that_write_at_once_lose_nothing(home: dict[str, str]) -> None:
    program = (
        "import sys\n"
        "from sptcoder.config import Context, edit_document\n"
        "for number in range(5):\n"
        "    name = f'{sys.argv[1]}-{number}'\n"
        "    context = Context(name=name, url='https://coder.example.com', token='t')\n"
        "    edit_document(lambda document, one=context: document.having(one))\n"
    )
    environment = {**os.environ, **home, "PYTHONPATH": str(CHECKOUT), "XDG_CONFIG_HOME": ""}
    writers = [subprocess.Popen([sys.executable, "-c", program, str(each)], env=environment) for each in range(4)]
    assert [writer.wait() for writer in writers] == [0] * 4
    names = {context.name for context in read_document(home).contexts}
    assert names == {f"{writer}-{number}" for writer in range(4) for number in range(5)}


@pytest.mark.skipif(sys.platform == "win32", reason="links take a right of their own there")
def test_a_file_that_is_a_link_stays_one(home: dict[str, str], tmp_path: Path) -> None:
    kept = tmp_path / "dotfiles" / "sptcoder.yaml"
    kept.parent.mkdir()
    kept.write_text("")
    config_path(home).parent.mkdir(parents=True)
    config_path(home).symlink_to(kept)
    edit_document(lambda document: document.having(ADA), home)
    assert config_path(home).is_symlink()
    assert CANARY in kept.read_text()


@pytest.mark.parametrize(
    "text",
    [
        f"url: https://coder.example.com\ntoken: {CANARY}\n",
        f"current: ada\ncontexts:\n- name: ada\n  url: https://coder.example.com\n  token: {CANARY}\n",
    ],
    ids=["one server", "contexts"],
)
def test_000_s1_2_3_the_file_in_the_home_is_still_read(home: dict[str, str], text: str) -> None:
    legacy_path(home).write_text(text)
    found = read_document(home)
    assert [context.url for context in found.contexts] == ["https://coder.example.com"]
    assert found.contexts[0].token.get_secret_value() == CANARY
    assert found.current == found.contexts[0].name
    edit_document(lambda document: document.having(BOB), home)
    assert len(read_document(home).contexts) == 2
    assert legacy_path(home).read_text() == text


def test_the_xdg_file_comes_before_the_one_in_the_home(home: dict[str, str]) -> None:
    edit_document(lambda document: document.having(ADA), home)
    legacy_path(home).write_text("url: https://other.example.com\ntoken: t\n")
    assert [context.name for context in read_document(home).contexts] == ["ada"]


def _write(home: dict[str, str], content: bytes) -> None:
    config_path(home).parent.mkdir(parents=True, exist_ok=True)
    config_path(home).write_bytes(content)


def _context(**fields: object) -> bytes:
    one = {"name": "ada", "url": "https://coder.example.com", "token": CANARY, **fields}
    return yaml.safe_dump({"current": "ada", "contexts": [one]}).encode()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (f"contexts: [{CANARY}".encode(), r"it is no YAML \(line 1\)"),
        (f"token: {CANARY}: :\n".encode(), r"it is no YAML \(line 1\)"),
        (b"\xff\xfe\x00", "it is no UTF-8 text"),
        (b"- a\n- b\n", "expected is a mapping with the key 'contexts'"),
        (CANARY.encode(), "expected is a mapping"),
        (_context(url="ftp://x"), "contexts.0.url: 'ftp://x' is no address"),
        (_context(name="a b"), "contexts.0.name: String should match pattern"),
        (_context(token=""), "contexts.0.token: a session token is of ASCII"),
        (_context(token=f"{CANARY}\n"), "contexts.0.token: a session token is of ASCII"),
        (_context().replace(b"current", b"curent"), "curent: Extra inputs"),
        (_context(tokne=CANARY), "contexts.0.tokne: Extra inputs are not permitted"),
        (_context(git_host="a/b"), "contexts.0.git_host"),
        (b"current: nobody\n", "the current context 'nobody' is none of its contexts"),
        (b"contexts: 7\n", "contexts: Input should be a valid tuple"),
        (f"url: 7\ntoken: {CANARY}\n".encode(), "url: Input should be a valid string"),
        (b"!!python/object/apply:os.system ['true']", "it is no YAML"),
        (b"[" * 5000, "nested too deeply|it is no YAML"),
    ],
    ids=range(17),
)
def test_a_bad_file_is_one_sentence_without_its_secrets(home: dict[str, str], content: bytes, problem: str) -> None:
    _write(home, content)
    with pytest.raises(BadConfigError, match=problem) as caught:
        read_document(home)
    assert "\n" not in caught.value.message
    assert str(config_path(home)) in caught.value.message
    assert CANARY not in str(caught.value)
    assert caught.value.next_command is not None


@pytest.fixture(scope="module")
def some_home(tmp_path_factory: pytest.TempPathFactory) -> Callable[[bytes], dict[str, str]]:
    folder = tmp_path_factory.mktemp("some")

    def write(content: bytes) -> dict[str, str]:
        home = {"HOME": str(folder), "USERPROFILE": str(folder)}
        _write(home, content)
        return home

    return write


@settings(deadline=None)
@given(content=st.binary(max_size=200) | st.text(alphabet="contexts:-[]{}&*!|>'\"\n #a1", max_size=80).map(str.encode))
def test_any_content_is_read_or_one_sentence(some_home: Callable[[bytes], dict[str, str]], content: bytes) -> None:
    home = some_home(content)
    try:
        read_document(home)
    except BadConfigError as error:
        said = error.message
    else:
        said = ""
    assert "\n" not in said


NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True)
CONTEXTS = st.builds(
    Context,
    name=NAMES,
    url=st.sampled_from(["https://coder.example.com", "http://127.0.0.1:3000", "http://[::1]:3000/coder"]),
    token=st.from_regex(r"[!-~]{1,30}", fullmatch=True).map(SecretStr),
    git_host=st.sampled_from(["github.com", "git.example.com:8443"]),
)


@settings(deadline=None, max_examples=25)
@given(contexts=st.lists(CONTEXTS, max_size=4, unique_by=lambda context: context.name))
def test_any_contexts_come_back_as_they_were(
    some_home: Callable[[bytes], dict[str, str]], contexts: list[Context]
) -> None:
    home = some_home(b"")
    written = Document(contexts=tuple(contexts), current=contexts[0].name if contexts else "")
    edit_document(lambda _: written, home)
    assert read_document(home) == written
