"""Addresses of repositories: every way to write one, and nothing that could be more than an address."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UsageError
from sptcoder.repositories.address import parse_repository

TEMPLATE_PATTERN = re.compile(r"^$|^(https?|ssh|git)://[A-Za-z0-9._~:/@%+?=&-]+$")
"""What the templates' parameter takes (workspace_parameters.tf)."""


@pytest.mark.parametrize(
    ("text", "url", "canonical"),
    [
        ("https://github.com/my/repo", "https://github.com/my/repo", "github.com/my/repo"),
        ("https://github.com/my/repo.git", "https://github.com/my/repo.git", "github.com/my/repo"),
        ("https://GitHub.com/My/Repo/", "https://github.com/My/Repo", "github.com/my/repo"),
        ("https://git.example.com/My/Repo", "https://git.example.com/My/Repo", "git.example.com/My/Repo"),
        ("https://git.example.com:443/my/repo", "https://git.example.com/my/repo", "git.example.com/my/repo"),
        ("http://git.example.com:3000/a/b", "http://git.example.com:3000/a/b", "git.example.com:3000/a/b"),
        ("git://git.example.com:9418/a.git", "git://git.example.com/a.git", "git.example.com/a"),
        ("https://me@dev.azure.com/me/_git/repo", "https://dev.azure.com/me/_git/repo", "dev.azure.com/me/_git/repo"),
        ("git@github.com:my/repo.git", "https://github.com/my/repo.git", "github.com/my/repo"),
        ("ssh://git@git.example.com:2222/my/repo", "https://git.example.com/my/repo", "git.example.com/my/repo"),
        ("git+ssh://git@github.com/my/repo", "https://github.com/my/repo", "github.com/my/repo"),
        ("my/repo", "https://git.example.com/my/repo", "git.example.com/my/repo"),
        ("group/sub/repo", "https://git.example.com/group/sub/repo", "git.example.com/group/sub/repo"),
        ("github.com/my/repo", "https://github.com/my/repo", "github.com/my/repo"),
    ],
)
def test_every_form_names_the_same_repository(text: str, url: str, canonical: str) -> None:
    found = parse_repository(text, git_host="git.example.com")
    assert (found.url, found.canonical) == (url, canonical)
    assert TEMPLATE_PATTERN.fullmatch(found.url)


def test_an_address_for_ssh_says_that_https_is_taken() -> None:
    found = parse_repository("git@github.com:my/repo.git")
    assert found.notice == "Workspaces clone over HTTPS: https://github.com/my/repo.git is taken."
    assert not parse_repository("my/repo").notice


@pytest.mark.parametrize("host", ["git.example.com:3000", "git.example.com"])
def test_the_git_host_may_have_a_port(host: str) -> None:
    assert parse_repository("my/repo", git_host=host).url == f"https://{host}/my/repo"


def test_owner_and_name_are_the_last_parts() -> None:
    found = parse_repository("https://gitlab.com/group/sub/repo.git")
    assert (found.owner, found.name) == ("sub", "repo")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "repo",
        "file:///etc",
        "ext::sh -c whoami",
        "https://",
        "https://github.com/",
        "https://github.com/my//repo",
        "/srv/git/repo.git",
        "../my/repo",
        "https://github.com/my/../repo",
        "https://github.com/my/repo?x=1",
        "https://github.com/my/repo#main",
        "https://github.com/my/$(id)",
        "https://github.com/my/re po",
        "my/-repo",
        "-my/repo;id",
        "git@github.com:my/`id`",
        "https://github.com:port/my/repo",
    ],
)
def test_what_is_no_repository_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UsageError, match=r"expected is something like https://github\.com/example/project"):
        parse_repository(text)


def test_a_password_in_an_address_is_refused_and_not_shown() -> None:
    with pytest.raises(UsageError) as caught:
        parse_repository("https://me:canary-4711@github.com/my/repo")
    assert "canary-4711" not in str(caught.value)
    with pytest.raises(UsageError) as caught:
        parse_repository("https://canary-4711@github.com/my/repo?x")
    assert "canary-4711" not in str(caught.value)


@given(st.text(max_size=60))
def test_whatever_is_typed_becomes_an_address_the_template_takes_or_a_sentence(text: str) -> None:
    try:
        found = parse_repository(text)
    except UsageError:
        return
    assert TEMPLATE_PATTERN.fullmatch(found.url)
    assert found.canonical == parse_repository(found.url).canonical
