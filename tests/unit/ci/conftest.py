"""Fixtures of the tests of what workflows run."""

from collections.abc import Iterator

import pytest

from ci.github_api import GithubApi
from tests.standins.github.server import Github


@pytest.fixture(autouse=True)
def _no_workflow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test meet the workflow it may itself run in."""
    for name in ("GITHUB_OUTPUT", "GITHUB_TOKEN", "GITHUB_REPOSITORY", "GITHUB_API_URL", "GITHUB_EVENT_PATH"):
        monkeypatch.delenv(name, raising=False)
    for name in ("ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "STACK", "OUT", "OVERRIDE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def github() -> Iterator[Github]:
    """Return a GitHub of the test's own."""
    with Github() as server:
        yield server


@pytest.fixture
def api(github: Github) -> Iterator[GithubApi]:
    """Return a client of it that does not wait long between attempts."""
    with GithubApi(github.url, github.repository, github.token, wait_seconds=0.01) as client:
        yield client
