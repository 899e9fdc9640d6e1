"""The devcontainer template, live: the real Envbuilder builds a small devcontainer, the second time from cache."""

import base64
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

import httpx
import pytest

import versions
from core.command import Command
from images.workspace import arguments
from lab.builder import builder, docker_environment
from lab.builder.client import DOCKER
from lab.demo.git_daemon import served_repositories
from lab.images.build_bases import build_base_arguments, load_build_bases
from lab.progress import SilentProgress
from sptcoder.api import CoderClient
from sptcoder.api.models.workspace import Workspace
from sptcoder.templates.push import push_template
from sptcoder.templates.request import PushRequest, SmokeSettings
from tests.integration.coder.conftest import OwnTemplate
from tests.integration.conftest import Platform
from tests.support.coder_site import WORKSPACES, CoderSite
from tests.support.patience import wait_until

pytestmark = pytest.mark.lab

ROOT: Final = Path(__file__).parents[3]
TEMPLATE: Final = "coder-devcontainer-kubernetes"
REGISTRY: Final = "registry.coder.svc.cluster.local:5000"
FOLDER: Final = "/workspaces/setup"
GIT_PORT: Final = 9420
CACHED_SECONDS: Final = 60
SECRET: Final = "devcontainer-trial"  # noqa: S105 - the name of a Secret, not one
CANARY: Final = "canary-1c7a90be55"

DEVCONTAINER: Final = {
    "build": {"dockerfile": "Dockerfile"},
    "containerUser": "coder",
    "remoteUser": "coder",
    "containerEnv": {"SETUP_KIND": "beta"},
    "postCreateCommand": "date +%s%N >/workspaces/setup/created",
}
DOCKERFILE: Final = f"""FROM {REGISTRY}/spt-flow/devcontainer-base:1
RUN head -c 1000000 /dev/urandom >/opt/payload && date +%s%N >/etc/built
RUN groupadd --gid 1000 coder && useradd --uid 1000 --gid coder --create-home --shell /bin/bash coder && \\
    echo 'coder ALL=(ALL) NOPASSWD:ALL' >/etc/sudoers.d/coder
"""
DIRENV: Final = """#!/bin/sh
# Stands for direnv and nx: whatever they are asked for, the MCP server is what is meant.
exec python3 "$(dirname "$0")/server.py"
"""


@dataclass(frozen=True)
class Started:
    """A running workspace, and the seconds from `create` or `start` to its agent being ready."""

    workspace: Workspace
    seconds: float


@pytest.fixture(scope="module")
def repository(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a repository with a devcontainer, whose base image only the platform's registry has; yield its URL."""
    folder = tmp_path_factory.mktemp("devcontainer")
    _push_base(platform, f"{platform.registry}/spt-flow/devcontainer-base:1")
    work = folder / "work"
    (work / ".devcontainer" / "beta").mkdir(parents=True)
    (work / ".devcontainer" / "beta" / "devcontainer.json").write_text(json.dumps(DEVCONTAINER))
    (work / ".devcontainer" / "beta" / "Dockerfile").write_text(DOCKERFILE)
    (work / "bin").mkdir()
    (work / "bin" / "direnv").write_text(DIRENV)
    (work / "bin" / "direnv").chmod(0o755)
    (work / "bin" / "server.py").write_bytes((ROOT / "tests/standins/fleet_mcp/server.py").read_bytes())
    settings = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "HOME": str(folder)}
    git = Command("git", env=settings, cwd=work)
    identity = ("-c", "user.name=trial", "-c", "user.email=trial@example.com")
    git.run("init", "--quiet", "--initial-branch=main")
    git.run("add", ".")
    git.run(*identity, "commit", "--quiet", "--message", "Describe the devcontainer")
    git.run("switch", "--quiet", "--create", "feature/other")
    git.run(*identity, "commit", "--quiet", "--allow-empty", "--message", "Be another branch")
    git.run("clone", "--quiet", "--bare", str(work), str(folder / "served" / "setup.git"))
    with served_repositories(folder / "served", str(platform.instance.host_address), port=GIT_PORT) as base_url:
        yield f"{base_url}/setup.git"


def _push_base(platform: Platform, reference: str) -> None:
    """Push the packages of the workspace image alone: a stage of its Dockerfile that the stack has built before."""
    docker = Command(str(DOCKER), env=docker_environment())
    given = {**arguments.workspace_arguments(), **build_base_arguments("slim")}
    options = [f"--build-arg={name}={value}" for name, value in given.items()]
    with builder():
        load_build_bases(platform.toolchain, SilentProgress())
        docker.run(
            "build", "--network=host", "--target=system", f"--file={arguments.DOCKERFILE}", f"--tag={reference}",
            *options, str(arguments.CONTEXT), timeout=600,
        )  # fmt: skip
        docker.run("push", reference, timeout=300)
        docker.run("image", "rm", reference)


def _parameters(repository: str, branch: str = "main") -> dict[str, str]:
    return {"repo_url": repository, "git_branch": branch, "cpu": "2", "memory": "2", "workspaces_volume_size": "2"}


@pytest.fixture(scope="module")
def first(site: CoderSite, repository: str) -> Iterator[Started]:
    """Start a workspace whose devcontainer nobody has built before."""
    with site.client() as client:
        begin = time.monotonic()
        workspace = site.start(client, "devcontainer", template=TEMPLATE, parameters=_parameters(repository))
        yield Started(workspace, time.monotonic() - begin)
        if any(each.id == workspace.id for each in client.workspaces.list('owner:"me"')):
            site.remove(client, workspace.id)


def _log(site: CoderSite, workspace: Workspace) -> str:
    """Return the log of Envbuilder in the workspace's pod."""
    name = site.pod(workspace.id)["metadata"]["name"]
    return site.kubectl.run("-n", WORKSPACES, "logs", name, "-c", "dev").stdout


def _app_health(client: CoderClient, workspace: Workspace, slug: str) -> str:
    agents = client.workspaces.get(workspace.id).latest_build.agents
    return next(app.health for agent in agents for app in agent.apps if app.slug == slug)


def test_the_first_start_builds_the_devcontainer_and_fills_the_cache(
    site: CoderSite, platform: Platform, first: Started
) -> None:
    log = _log(site, first.workspace)
    assert "No cached layer found for cmd RUN head" in log
    assert "Pushed image" in log
    tags = httpx.get(f"http://{platform.registry}/v2/coder-cache/tags/list", trust_env=False, timeout=30).json()
    assert len(tags["tags"]) >= 2
    seen = site.ssh(first.workspace.name, "id -un; pwd; git branch --show-current; echo $SETUP_KIND; sudo -n id -un")
    assert seen.split() == ["coder", FOLDER, "main", "beta", "root"]
    print(f"devcontainer, first start: {first.seconds:.1f} s")  # noqa: T201 - a figure for whoever reads the run


def test_the_objects_are_as_asked_for(site: CoderSite, first: Started) -> None:
    found = {item["kind"]: item for item in site.objects(first.workspace.id)}
    assert set(found) == {"Deployment", "ReplicaSet", "Pod", "PersistentVolumeClaim", "Secret"}
    assert found["PersistentVolumeClaim"]["spec"]["resources"]["requests"]["storage"] == "2Gi"
    assert found["PersistentVolumeClaim"]["metadata"]["name"] == f"coder-{first.workspace.id}-workspaces"
    container = found["Pod"]["spec"]["containers"][0]
    assert container["image"] == f"localhost/spt-flow/envbuilder:{versions.ENVBUILDER}"
    assert container["resources"]["limits"].items() >= {"cpu": "2", "memory": "2Gi"}.items()
    agents = {resource.name for resource in first.workspace.latest_build.resources if resource.agents}
    assert agents == {"deployment"}


def test_fleet_runs_under_supervisord_and_asks_for_its_token(
    site: CoderSite, client: CoderClient, first: Started
) -> None:
    status = site.ssh(first.workspace.name, "supervisorctl -s http://127.0.0.1:9001 status")
    assert re.match(r"fleet-mcp\s+RUNNING", status)
    wait_until(lambda: _app_health(client, first.workspace, "fleet-mcp") == "healthy", seconds=90)
    request = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_tasks"}}'
    post = f"curl -s -o /dev/null -w '%{{http_code}} ' -d '{request}' http://127.0.0.1:8000/mcp -H"
    answers = site.ssh(
        first.workspace.name, f'{post} "Authorization: Bearer $FLEET_MCP_AUTH_TOKEN"; {post} "Authorization: Bearer x"'
    )
    assert answers.split() == ["200", "401"]


def test_the_second_start_is_from_cache_keeps_the_data_and_takes_less_than_a_minute(
    site: CoderSite, client: CoderClient, first: Started
) -> None:
    name = first.workspace.name
    before = site.ssh(name, f"echo mine >{FOLDER}/mine; cat /etc/built {FOLDER}/created").split()
    site.stop(client, first.workspace.id)
    assert site.kinds(first.workspace.id) == ["PersistentVolumeClaim"]
    begin = time.monotonic()
    site.resume(client, first.workspace.id)
    seconds = time.monotonic() - begin
    log = _log(site, first.workspace)
    assert "Found cached layer, extracting to filesystem" in log
    assert "No cached layer found" not in log
    assert site.ssh(name, f"cat /etc/built {FOLDER}/mine").split() == [before[0], "mine"]
    assert seconds < CACHED_SECONDS
    wait_until(lambda: _app_health(client, first.workspace, "fleet-mcp") == "healthy", seconds=90)
    print(f"devcontainer, start from cache: {seconds:.1f} s")  # noqa: T201 - a figure for whoever reads the run


def test_deletion_leaves_no_object(site: CoderSite, client: CoderClient, first: Started) -> None:
    site.remove(client, first.workspace.id)
    wait_until(lambda: site.kinds(first.workspace.id) == [], seconds=60)


def test_a_missing_secret_is_named_and_a_registry_that_refuses_costs_only_the_cache(
    site: CoderSite, client: CoderClient, platform: Platform, own_template: OwnTemplate, repository: str
) -> None:
    """Another branch, no cache to be had, a credential that comes late: all in one workspace."""
    variables = {
        "external_auth_id": "", "fleet_command": "", "claude_secret": f"{SECRET}/credential",
        "registry_url": f"{platform.instance.host_address}:1",
        "coder_image": f"localhost/spt-flow/coder:{versions.CODER_LAB}",
        "envbuilder_image": f"localhost/spt-flow/envbuilder:{versions.ENVBUILDER}",
    }  # fmt: skip
    folder = ROOT / "templates"
    request = PushRequest(
        name=own_template.name, directory=folder / TEMPLATE, overlays=(folder / "shared/base",), variables=variables,
        smoke=SmokeSettings(enabled=False),
    )  # fmt: skip
    push_template(client, request, say=lambda _: None)
    found = client.templates.find(own_template.name)
    assert found is not None
    made = client.workspaces.create(
        name="late-secret", template_id=found.id, parameters=_parameters(repository, "feature/other")
    )
    wait_until(lambda: f'secret "{SECRET}" not found' in _waiting(site, made.id), seconds=90)
    credential = {"credential": base64.b64encode(CANARY.encode()).decode()}
    metadata = {"name": SECRET, "namespace": WORKSPACES}
    site.kubectl.apply({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": credential})
    try:
        wait_until(lambda: _is_ready(client, made.id), seconds=150)
        assert "Error uploading layer to cache" in _log(site, made)
        seen = site.ssh(made.name, "echo $CLAUDE_CODE_OAUTH_TOKEN; git branch --show-current").split()
        assert seen == [CANARY, "feature/other"]
    finally:
        site.kubectl.delete(f"secret/{SECRET}", namespace=WORKSPACES)


def test_a_private_repository_without_a_connected_account_is_told_in_the_log(
    site: CoderSite, client: CoderClient, platform: Platform
) -> None:
    with _private_git(str(platform.instance.host_address)) as url:
        found = client.templates.find(TEMPLATE)
        assert found is not None
        made = client.workspaces.create(name="private", template_id=found.id, parameters=_parameters(url))
        try:
            wait_until(lambda: "authentication required" in _agent_log(client, made.id), seconds=90)
        finally:
            site.remove(client, made.id)


@contextmanager
def _private_git(address: str) -> Iterator[str]:
    """Run a git server that wants a name and a password for everything; yield a repository's URL."""
    server = ThreadingHTTPServer((address, 0), _Refusing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://{address}:{server.server_port}/private.git"
    finally:
        server.shutdown()
        server.server_close()


class _Refusing(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(401)
        self.send_header("WWW-Authenticate", 'Basic realm="git"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _waiting(site: CoderSite, workspace_id: str) -> str:
    """Return why containers of the workspace wait; empty as long as there is no pod."""
    pods = [item for item in site.objects(workspace_id) if item["kind"] == "Pod"]
    states = [state["state"] for pod in pods for state in pod["status"].get("containerStatuses", [])]
    return " ".join(state["waiting"].get("message", "") for state in states if "waiting" in state)


def _is_ready(client: CoderClient, workspace_id: str) -> bool:
    agents = client.workspaces.get(workspace_id).latest_build.agents
    return any(agent.lifecycle_state == "ready" for agent in agents)


def _agent_log(client: CoderClient, workspace_id: str) -> str:
    agents = client.workspaces.get(workspace_id).latest_build.agents
    return "\n".join(line.output for agent in agents for line in client.agents.logs(agent.id))
