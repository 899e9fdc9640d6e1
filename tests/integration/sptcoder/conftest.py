"""The command line signed in to the lab's Coder, and one small workspace that tests share."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.demo.repository import REPOSITORY
from sptcoder.api.models.workspace import Workspace
from tests.support.cli_run import CliRun
from tests.support.coder_site import SMALL, CoderSite
from tests.support.patience import wait_until


@pytest.fixture
def stranger(tmp_path: Path) -> CliRun:
    """Return the command line of somebody who has not signed in anywhere; change what you like."""
    return CliRun(tmp_path / "stranger")


@pytest.fixture(scope="session")
def cli(site: CoderSite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CliRun]:
    """Return the command line signed in to the lab's Coder; all tests share its home, so leave that as it is."""
    run = CliRun(tmp_path_factory.mktemp("cli"))
    run.sign_in(site.url, site.token.get_secret_value())
    yield run
    run.forget()


@pytest.fixture(scope="session")
def small_parameters() -> list[str]:
    """Return the words that make `sptcoder up` ask for a workspace that fits anywhere."""
    return [word for name, value in SMALL.items() for word in ("--param", f"{name}={value}")]


@pytest.fixture(scope="session")
def workspace(site: CoderSite, repositories: str) -> Iterator[Workspace]:
    """Return a running workspace of the template spt-flow with the demo's repository, shared by all tests.

    Leave it running, with its home as it was. Its name is none that `up` would choose.
    """
    with site.client() as client:
        wait_until(client.deployment.is_healthy, seconds=120)
        parameters = {**SMALL, "repo_url": f"{repositories}/{REPOSITORY}.git"}
        name = f"shared-{secrets.token_hex(3)}"
        made = site.start(client, name, template="spt-flow", parameters=parameters)
        try:
            yield made
        finally:
            site.remove(client, made.id)
