"""Fixtures of tests against the lab's Coder: the server, a client of it, a git server beside it.

They are created once for all folders of tests that use them: the git server's port is one.
"""

import secrets
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pytest
from pydantic import SecretStr

from lab.demo.access import CoderAccess, coder_access, owner_session
from lab.demo.git_daemon import served_repositories
from lab.demo.repository import make_repository
from lab.deploy.target import lab_target
from sptcoder.api import CoderClient
from tests.support.coder_site import CoderSite
from tests.support.patience import wait_until

if TYPE_CHECKING:
    from tests.integration.conftest import Platform

GIT_PORT: Final = 9419
TOKEN_PREFIX: Final = "integration"  # noqa: S105 - how the names of tokens begin
"""Not the platform's own, which it counts and revokes."""


@pytest.fixture(scope="session")
def access(platform: "Platform") -> CoderAccess:
    """Return how the owner logs in, out of the stack's outputs."""
    return coder_access(platform.instance, platform.toolchain)


@pytest.fixture(scope="session")
def site(platform: "Platform", access: CoderAccess) -> CoderSite:
    """Return the platform's Coder as its bot, with a token of the session's own."""
    bot = lab_target(platform.stack, platform.instance).settings().coder.coder_bot_username
    with owner_session(access) as owner, CoderClient(access.url, owner.get_secret_value()) as client:
        name = f"{TOKEN_PREFIX}-{secrets.token_hex(4)}"
        token = client.tokens.create(bot, name=name, lifetime=timedelta(hours=2))
    return CoderSite(access.url, SecretStr(token), platform.kubectl, platform.toolchain.bin)


@pytest.fixture
def owner(access: CoderAccess) -> Iterator[CoderClient]:
    """Talk to the server as its owner."""
    with owner_session(access) as token, CoderClient(access.url, token.get_secret_value()) as opened:
        yield opened


@pytest.fixture
def client(site: CoderSite) -> Iterator[CoderClient]:
    """Talk to the server as the bot; one that a test before has restarted is waited for."""
    with site.client() as opened:
        wait_until(opened.deployment.is_healthy, seconds=120)
        yield opened


@pytest.fixture(scope="session")
def repositories(platform: "Platform", tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the demo's repository to the lab; return the URL of the folder it is in."""
    folder = tmp_path_factory.mktemp("repositories")
    make_repository(folder)
    with served_repositories(folder / "served", str(platform.instance.host_address), port=GIT_PORT) as base:
        yield base
