"""The lab's Coder, a git server beside it, and small templates to push."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from lab.demo.access import CoderAccess, coder_access, owner_session
from lab.demo.git_daemon import served_repositories
from lab.demo.repository import make_repository
from lab.deploy.target import lab_target
from sptcoder.api import CoderClient
from sptcoder.templates.push import push_template
from sptcoder.templates.request import PushRequest, PushResult, SmokeSettings
from tests.integration.conftest import Platform
from tests.support.coder_site import CoderSite, wait_until
from versions import CODER_LAB

GIT_PORT = 9419
TOKEN_PREFIX = "integration"  # noqa: S105 - how the names of tokens begin
"""Not the platform's own, which it counts and revokes."""


@pytest.fixture(scope="session")
def access(platform: Platform) -> CoderAccess:
    """Return how the owner logs in, out of the stack's outputs."""
    return coder_access(platform.instance, platform.toolchain)


@pytest.fixture(scope="session")
def site(platform: Platform, access: CoderAccess) -> CoderSite:
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
def repositories(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the demo's repository to the lab; return the URL of the folder it is in."""
    folder = tmp_path_factory.mktemp("repositories")
    make_repository(folder)
    with served_repositories(folder / "served", str(platform.instance.host_address), port=GIT_PORT) as base:
        yield base


BARE = """terraform {
  required_providers {
    coder = {
      source = "coder/coder"
    }
    kubectl = {
      source = "gavinbunney/kubectl"
    }
  }
}

provider "kubectl" {
  load_config_file = false
}

data "coder_workspace" "me" {}
"""
"""A template that makes nothing."""

AGENT = """
resource "coder_agent" "main" {
  arch = "amd64"
  os   = "linux"
}
"""
"""An agent that nothing runs."""

POD = """
resource "kubectl_manifest" "pod" {
  count = data.coder_workspace.me.start_count
  yaml_body = yamlencode({
    apiVersion = "v1"
    kind       = "Pod"
    metadata = {
      name      = "tiny-${data.coder_workspace.me.id}"
      namespace = "coder-workspace"
      labels = {
        "app.kubernetes.io/name"       = "tiny"
        "app.kubernetes.io/component"  = "test"
        "app.kubernetes.io/part-of"    = "spt-flow"
        "app.kubernetes.io/managed-by" = "pulumi"
        "com.coder.workspace.id"       = data.coder_workspace.me.id
      }
    }
    spec = {
      automountServiceAccountToken  = false
      terminationGracePeriodSeconds = 1
      securityContext = {
        runAsUser      = 1000
        runAsNonRoot   = true
        seccompProfile = { type = "RuntimeDefault" }
      }
      volumes = [{ name = "agent", emptyDir = {} }]
      initContainers = [{
        name            = "copy"
        image           = "CODER_IMAGE"
        command         = ["cp", "/opt/coder", "/agent/coder"]
        volumeMounts    = [{ name = "agent", mountPath = "/agent" }]
        resources       = { limits = { cpu = "500m", memory = "256Mi" }, requests = { cpu = "50m", memory = "64Mi" } }
        securityContext = { allowPrivilegeEscalation = false, capabilities = { drop = ["ALL"] } }
      }]
      containers = [{
        name         = "agent"
        image        = "BASE_IMAGE"
        command      = ["/agent/coder", "agent"]
        volumeMounts = [{ name = "agent", mountPath = "/agent" }]
        env = [
          { name = "CODER_AGENT_TOKEN", value = coder_agent.main.token },
          { name = "CODER_AGENT_URL", value = data.coder_workspace.me.access_url },
          { name = "HOME", value = "/tmp" },
        ]
        resources = { limits = { cpu = "500m", memory = "256Mi" }, requests = { cpu = "50m", memory = "64Mi" } }
        securityContext = { allowPrivilegeEscalation = false, capabilities = { drop = ["ALL"] } }
      }]
    }
  })
}
""".replace("CODER_IMAGE", f"localhost/spt-flow/coder:{CODER_LAB}").replace("BASE_IMAGE", "localhost/spt-flow/base:12")
"""What runs that agent: one pod, without a volume."""


@dataclass(frozen=True)
class OwnTemplate:
    """A template of a test's own: a folder that the test writes to, and the name it is pushed under."""

    name: str
    folder: Path

    def write(self, *parts: str) -> None:
        (self.folder / "main.tf").write_text("".join(parts))

    def request(self, *, smoke_seconds: float | None = None) -> PushRequest:
        smoke = SmokeSettings(enabled=False) if smoke_seconds is None else SmokeSettings(timeout_seconds=smoke_seconds)
        return PushRequest(name=self.name, directory=self.folder, smoke=smoke)

    def push(
        self, client: CoderClient, *, smoke_seconds: float | None = None, lines: list[str] | None = None
    ) -> PushResult:
        said: list[str] = [] if lines is None else lines
        return push_template(client, self.request(smoke_seconds=smoke_seconds), say=said.append)


@pytest.fixture
def own_template(site: CoderSite, tmp_path: Path) -> Iterator[OwnTemplate]:
    """Give the test a template that is not on the server yet, and take it and its workspaces away afterwards."""
    name = f"own-{secrets.token_hex(4)}"
    folder = tmp_path / name
    folder.mkdir()
    yield OwnTemplate(name, folder)
    with site.client() as opened:
        wait_until(opened.deployment.is_healthy, seconds=120)
        remove_template(site, opened, name)


def remove_template(site: CoderSite, client: CoderClient, name: str) -> None:
    """Delete a template and every workspace of it that the bot has."""
    template = client.templates.find(name)
    if template is not None:
        for workspace in client.workspaces.list(f'owner:"me" template:"{name}"'):
            site.remove(client, workspace.id)
        client.templates.delete(template.id)
