"""A workspace of the template spt-flow on the real Coder: from its start over a template edit to its last trace."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest
from httpx_ws import WebSocketSession, connect_ws

from lab.demo.repository import GREETING, REPOSITORY
from lab.deploy.stack_file import PROJECT_ROOT
from sptcoder.api import CoderClient
from sptcoder.api.models.workspace import Workspace
from sptcoder.templates.push import push_template
from sptcoder.templates.request import PushRequest, SmokeSettings
from tests.integration.coder.conftest import remove_template
from tests.support.coder_site import SMALL, CoderSite, ssh_agent
from tests.support.patience import wait_until

pytestmark = pytest.mark.lab

NAME = "shared"
TEMPLATE = "shared-spt-flow"
INTERACTIVE = timedelta(minutes=2)
RESTARTS = int(os.environ.get("SPT_FLOW_RESTARTS", "1"))
"""One more is in another test of this module; `make bench` makes twenty, and the variable asks for more here."""


@dataclass(frozen=True)
class Copy:
    """The deployed template spt-flow once more, under another name, so that it can be edited."""

    variables: dict[str, str]

    def push(self, client: CoderClient, **changed: str) -> str:
        """Push it with some variables changed; return the id of the version that is active then."""
        folder = PROJECT_ROOT / "templates" / "spt-flow"
        request = PushRequest(
            name=TEMPLATE,
            directory=folder,
            overlays=tuple(folder.parent / layer for layer in json.loads((folder / "layers.json").read_text())),
            variables={**self.variables, **changed},
            smoke=SmokeSettings(enabled=False),
        )
        return push_template(client, request, say=lambda _: None).version_id


@pytest.fixture(scope="module")
def copy(site: CoderSite) -> Iterator[Copy]:
    with site.client() as client:
        wait_until(client.deployment.is_healthy, seconds=120)
        deployed = client.templates.find("spt-flow")
        assert deployed is not None
        variables = client.template_versions.variables(deployed.active_version_id)
        made = Copy(
            {variable.name: variable.value for variable in variables if variable.value != variable.default_value}
        )
        made.push(client)
        yield made
        remove_template(site, client, TEMPLATE)


@pytest.fixture(scope="module")
def shared(site: CoderSite, copy: Copy, repositories: str) -> Workspace:
    """Start the one workspace that the tests of this module share, in their order; the last one deletes it."""
    del copy
    parameters = {**SMALL, "repo_url": f"{repositories}/{REPOSITORY}.git"}
    with site.client() as client:
        return site.start(client, NAME, template=TEMPLATE, parameters=parameters)


def test_it_is_interactive_within_two_minutes(site: CoderSite, client: CoderClient, shared: Workspace) -> None:
    """From the request to the editor that answers, by the server's clock; the image is on the node."""
    del site
    wait_until(lambda: _app_health(client, shared, "code-server") == "healthy", seconds=60)
    assert shared.created_at is not None
    assert datetime.now(UTC) - shared.created_at < INTERACTIVE


def test_the_agent_is_ready_and_the_repository_is_cloned(site: CoderSite, shared: Workspace) -> None:
    assert [agent.is_ready for agent in shared.latest_build.agents] == [True]
    said = site.ssh(NAME, f"cd {REPOSITORY} && ./hello.sh && id -un && pwd").splitlines()
    assert said[0] == GREETING
    assert said[-2:] == ["coder", f"/home/coder/{REPOSITORY}"]


def test_an_ssh_session_sees_the_key_of_the_local_agent_only_if_it_is_forwarded(
    site: CoderSite, shared: Workspace
) -> None:
    del shared
    with ssh_agent() as (socket, fingerprint):
        environment = {"SSH_AUTH_SOCK": socket}
        assert fingerprint in site.ssh(NAME, "ssh-add -l", "-A", env=environment)
        assert fingerprint not in site.ssh(NAME, "ssh-add -l 2>&1 || true", env=environment)


def test_the_editor_answers_through_coder(site: CoderSite, client: CoderClient, shared: Workspace) -> None:
    agent = shared.latest_build.agents[0]
    apps = {app.slug: app for app in agent.apps}
    assert apps["code-server"].display_name == "Open VS Code"
    wait_until(lambda: _app_health(client, shared, "code-server") == "healthy", seconds=60)
    page = f"{site.url}/@{shared.owner_name}/{NAME}.{agent.name}/apps/code-server/"
    token = site.token.get_secret_value()
    answer = httpx.get(page, cookies={"coder_session_token": token}, follow_redirects=True, trust_env=False)
    assert answer.status_code == httpx.codes.OK
    assert "code-server" in answer.text
    stranger = httpx.get(page, trust_env=False)
    assert stranger.status_code in {httpx.codes.SEE_OTHER, httpx.codes.TEMPORARY_REDIRECT, httpx.codes.UNAUTHORIZED}


def test_files_and_terminals_work_in_the_browser(site: CoderSite, shared: Workspace) -> None:
    agent = shared.latest_build.agents[0]
    cookies = {"coder_session_token": site.token.get_secret_value()}
    editor = f"{site.url}/@{shared.owner_name}/{NAME}.{agent.name}/apps/code-server"
    with httpx.Client(cookies=cookies, trust_env=False, follow_redirects=True) as browser:
        file = f"/home/coder/{REPOSITORY}/hello.sh"
        shown = browser.get(f"{editor}/vscode-remote-resource", params={"path": file})
        assert shown.text == site.ssh(NAME, f"cat {file}")
    terminal = f"{site.url}/api/v2/workspaceagents/{agent.id}/pty"
    size = {"reconnect": str(uuid4()), "width": "80", "height": "24"}
    with (
        httpx.Client(cookies=cookies, trust_env=False) as browser,
        connect_ws(terminal, client=browser, params=size, session_class=WebSocketSession) as socket,
    ):
        socket.send_bytes(json.dumps({"data": "echo $((6 * 7))-typed\r"}).encode())
        seen = b""
        while b"42-typed" not in seen:
            seen += socket.receive_bytes(timeout=20)


def test_the_dashboard_gets_all_seven_figures(site: CoderSite, client: CoderClient, shared: Workspace) -> None:
    agent_id = client.workspaces.get(shared.id).latest_build.agents[0].id
    watch = f"{site.url}/api/v2/workspaceagents/{agent_id}/watch-metadata"
    headers = {"Coder-Session-Token": site.token.get_secret_value()}
    with httpx.stream("GET", watch, headers=headers, trust_env=False, timeout=30) as stream:
        data = next(line for line in stream.iter_lines() if line.startswith("data: [{"))
    for figure in ("cpu_container", "ram_container", "disk", "cpu_host", "ram_host", "load_host", "swap_host"):
        assert f'"key":"{figure}"' in data


def test_a_pushed_edit_marks_a_running_workspace_and_does_not_touch_it(
    site: CoderSite, client: CoderClient, shared: Workspace, copy: Copy
) -> None:
    site.ssh(NAME, "echo kept > ~/kept && sudo -n true && echo lost | sudo tee /var/tmp/lost")
    pod = site.pod(shared.id)["metadata"]["uid"]
    edited = copy.push(client, workspace_environment='{"EDITED": "yes"}')
    now = client.workspaces.get(shared.id)
    assert now.outdated
    assert (now.latest_build.id, now.latest_build.status) == (shared.latest_build.id, "running")
    assert site.pod(shared.id)["metadata"]["uid"] == pod

    site.stop(client, shared.id)
    assert site.kinds(shared.id) == ["PersistentVolumeClaim"], "a stopped workspace keeps its volume and no more"
    resumed = site.resume(client, shared.id, version_id=edited)
    assert not resumed.outdated
    assert site.ssh(NAME, "cat ~/kept; echo $EDITED; ls /var/tmp").split() == ["kept", "yes"]


def test_local_work_survives_restarts(site: CoderSite, client: CoderClient, shared: Workspace) -> None:
    """The first of them is one that users need: the Secret of the agent's token is gone, and a restart mends that."""
    site.ssh(NAME, f"echo changed >> {REPOSITORY}/README.md")
    secret = next(item["metadata"]["name"] for item in site.objects(shared.id) if item["kind"] == "Secret")
    pod = site.pod(shared.id)["metadata"]["name"]
    site.kubectl.delete(f"secret/{secret}", namespace="coder-workspace")
    site.kubectl.delete(f"pod/{pod}", namespace="coder-workspace")
    wait_until(lambda: _waits_for_secret(site, shared.id, secret), seconds=60)
    for _ in range(RESTARTS):
        site.stop(client, shared.id)
        site.resume(client, shared.id)
        seen = site.ssh(NAME, f"cat ~/kept && git -C {REPOSITORY} status --porcelain")
        assert seen.split() == ["kept", "M", "README.md"]


def test_deletion_leaves_nothing(site: CoderSite, client: CoderClient, shared: Workspace) -> None:
    assert {"Deployment", "PersistentVolumeClaim", "Pod", "Secret"} <= set(site.kinds(shared.id))
    volume = next(item for item in site.objects(shared.id) if item["kind"] == "PersistentVolumeClaim")
    site.remove(client, shared.id)
    wait_until(lambda: site.kinds(shared.id) == [], seconds=60)
    wait_until(lambda: not _has_volume(site, volume["spec"]["volumeName"]), seconds=60)
    assert client.workspaces.find(NAME) is None


def _app_health(client: CoderClient, workspace: Workspace, slug: str) -> str:
    agent = client.workspaces.get(workspace.id).latest_build.agents[0]
    return next(app.health for app in agent.apps if app.slug == slug)


def _waits_for_secret(site: CoderSite, workspace_id: str, secret: str) -> bool:
    for pod in [item for item in site.objects(workspace_id) if item["kind"] == "Pod"]:
        for status in pod["status"].get("containerStatuses", []):
            waiting = status["state"].get("waiting", {})
            if waiting.get("reason") == "CreateContainerConfigError":
                return f'"{secret}" not found' in waiting["message"]
    return False


def _has_volume(site: CoderSite, name: str) -> bool:
    return site.kubectl.run("get", "persistentvolume", name, check=False).returncode == 0
