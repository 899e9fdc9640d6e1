"""Small templates to push to the lab's Coder."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from sptcoder.api import CoderClient
from sptcoder.templates.push import push_template
from sptcoder.templates.request import PushRequest, PushResult, SmokeSettings
from tests.support.coder_site import CoderSite
from tests.support.patience import wait_until
from versions import CODER_LAB

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
