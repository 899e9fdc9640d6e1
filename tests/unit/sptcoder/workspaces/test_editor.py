"""Where the editor is: a path of the server, a host name of its own, or the workspace's page."""

import pytest

from core.errors import SptFlowError
from sptcoder.api.client import CoderClient
from sptcoder.api.models.workspace import Workspace
from sptcoder.workspaces.editor import EditorState, editor_state, editor_url, require_running, workspace_page


def _workspace(*apps: dict[str, object], status: str = "running") -> Workspace:
    agent = {"id": "a", "name": "main", "status": "connected", "lifecycle_state": "ready", "apps": apps}
    resources = [{"name": "pod", "type": "pod", "agents": [agent]}]
    job = {"id": "j", "status": "succeeded"}
    build = {"id": "b", "transition": "start", "status": status, "job": job, "resources": resources}
    names = {"id": "w", "name": "repo", "owner_id": "o", "owner_name": "me", "template_id": "t", "template_name": "x"}
    return Workspace.model_validate({**names, "latest_build": build})


def test_an_editor_that_is_a_path_of_the_server(client: CoderClient) -> None:
    found = _workspace({"slug": "terminal"}, {"slug": "code-server", "health": "healthy"})
    assert editor_url(client, found) == f"{client.url}/@me/repo.main/apps/code-server/"


@pytest.mark.parametrize(
    ("url", "host", "expected"),
    [
        ("https://coder.example.com", "*.apps.example.com", "https://code-server--main--repo--me.apps.example.com/"),
        ("http://coder.example.com:3000", "*.example.com", "http://code-server--main--repo--me.example.com:3000/"),
        ("http://coder.example.com:3000", "*.example.com:3000", "http://code-server--main--repo--me.example.com:3000/"),
        (
            "https://coder.example.com",
            "*-suffix.example.com",
            "https://code-server--main--repo--me-suffix.example.com/",
        ),
        ("https://coder.example.com", "", "https://coder.example.com/@me/repo.main/apps/code-server/"),
    ],
)
def test_an_editor_with_a_host_name_of_its_own(
    url: str, host: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with CoderClient(url, "token") as client:
        monkeypatch.setattr(client.deployment, "applications_host", lambda: host)
        app = {"slug": "code-server", "subdomain": True, "subdomain_name": "code-server--main--repo--me"}
        assert editor_url(client, _workspace(app)) == expected


def test_an_editor_elsewhere_is_opened_as_it_is(client: CoderClient) -> None:
    app = {"slug": "vscode", "external": True, "url": "https://ide.example.com/x"}
    assert editor_url(client, _workspace(app)) == "https://ide.example.com/x"


def test_a_workspace_without_an_editor_has_its_page(client: CoderClient) -> None:
    found = _workspace({"slug": "dashboard"})
    assert editor_url(client, found) is None
    assert editor_state(found) is EditorState.NONE
    assert workspace_page("https://coder.example.com", found) == "https://coder.example.com/@me/repo"


@pytest.mark.parametrize(
    ("health", "state"),
    [("initializing", "coming"), ("healthy", "ready"), ("disabled", "ready"), ("unhealthy", "broken")],
)
def test_the_editors_health_is_coders_word(health: str, state: str) -> None:
    assert editor_state(_workspace({"slug": "code-server", "health": health})) == state


def test_a_workspace_that_does_not_run_cannot_be_opened() -> None:
    require_running(_workspace(), "repo")
    with pytest.raises(SptFlowError, match=r"does not run \(stopped\)") as caught:
        require_running(_workspace(status="stopped"), "repo")
    assert caught.value.next_command == "sptcoder start repo"
