"""`make entry-nginx`: a site out of the stack's settings, or one sentence about what is missing."""

import re

import pytest
import typer
from typer.testing import CliRunner

from core.errors import UsageError
from lab.commands.entry_nginx import register

_FILES = ("--certificate", "/etc/ssl/coder.pem", "--key", "/etc/ssl/coder.key")


def _run(*words: str) -> str:
    app = typer.Typer()
    register(app)
    done = CliRunner().invoke(app, list(words))
    if done.exception is not None:
        raise done.exception
    return done.stdout


def _names(site: str) -> set[str]:
    return set(re.findall(r"server_name (.*);", site))


def test_a_stack_with_a_host_name_needs_no_other() -> None:
    site = _run("--stack", "prod", "--upstream", "http://10.0.0.7:30080", *_FILES)
    assert _names(site) == {"coder.example.com *.coder.example.com"}
    assert "proxy_pass http://10.0.0.7:30080;" in site
    assert "proxy_read_timeout 3600s;" in site


def test_the_labs_coder_is_found_by_itself_and_has_no_names_for_apps() -> None:
    site = _run("--stack", "dev", "--host", "lab.example.com", *_FILES)
    assert _names(site) == {"lab.example.com"}
    assert re.search(r"proxy_pass http://10\.98\.\d+\.80;", site)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--stack", "prod", *_FILES), "Nothing says where nginx reaches the Coder of stack 'prod'"),
        (("--stack", "dev", *_FILES), "The stack 'dev' has no host name"),
        (("--stack", "dev", "--host", "a.example.com", "--certificate", "", "--key", "/k"), "CERTIFICATE is '.'"),
        (("--stack", "dev", "--host", "a.example.com", "--certificate", "/c", "--key", "k"), "KEY is 'k'"),
        (("--stack", "dev", "--host", "a;b", *_FILES), "cannot be part of an nginx configuration"),
    ],
)
def test_what_is_missing_is_one_sentence(words: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(UsageError, match=re.escape(sentence)):
        _run(*words)
