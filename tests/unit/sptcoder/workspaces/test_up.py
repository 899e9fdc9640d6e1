"""From a repository to a ready workspace, against the stand-in: what is there already, and whatever the server does.

Time only passes where somebody sleeps.
"""

import io
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

import pytest

from core.errors import SptFlowError, UsageError
from sptcoder.api.client import CoderClient
from sptcoder.api.errors import ApiError
from sptcoder.api.models.workspace import WorkspaceBuild
from sptcoder.cli.phases import Phases
from sptcoder.repositories.address import parse_repository
from sptcoder.workspaces.naming import candidate_names
from sptcoder.workspaces.place import NameTakenError
from sptcoder.workspaces.start_failures import (
    AgentSilentError,
    BuildFailedError,
    QuotaReachedError,
    StartScriptFailedError,
)
from sptcoder.workspaces.template_choice import TemplateMissingError
from sptcoder.workspaces.up import UpStoppedError, bring_up
from sptcoder.workspaces.up_request import UpAction, UpRequest, UpResult
from tests.standins.coderd.fault import Fault
from tests.standins.coderd.server import Coderd
from tests.support.coder_workspaces import add_workspace

REPOSITORY = parse_repository("https://github.com/my/repo")
AGAIN = "sptcoder up my/repo"
WORKSPACES = "/api/v2/users/me/workspaces"
BUILD = "/api/v2/workspacebuilds/[^/]+"
PARAMETERS = ("repo_url", "branch", "cpu")

Bring = Callable[..., UpResult]


class Time(Protocol):
    """Time that passes only when somebody sleeps."""

    def clock(self) -> float: ...

    def sleep(self, seconds: float) -> None: ...


def request(text: str = "https://github.com/my/repo", **changed: object) -> UpRequest:
    repository = parse_repository(text)
    made = UpRequest((repository,), candidate_names(repository, None), "spt-flow", check=False)
    return replace(made, **changed)  # type: ignore[arg-type] # each test knows the fields it changes


@pytest.fixture
def said() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def bring(client: CoderClient, coderd: Coderd, said: io.StringIO, no_wait: Time) -> Bring:
    """Return `bring_up` on a server that has the template spt-flow."""
    add_template(coderd, "spt-flow")
    phases = Phases(said, live=False, clock=no_wait.clock, sleep=no_wait.sleep)
    return lambda wanted=None: bring_up(client, wanted or request(), phases, again=AGAIN)


def add_template(coderd: Coderd, name: str) -> None:
    version, template = str(uuid.uuid4()), str(uuid.uuid4())
    job = coderd.platform.jobs.add("succeeded")
    one = {"id": version, "name": "1", "template_id": template, "archived": False, "job": job, "message": ""}
    coderd.platform.versions[version] = one
    there = {"id": template, "name": name, "organization_id": "o", "active_version_id": version}
    coderd.platform.templates[template] = there
    coderd.platform.rich_parameters = [{"name": parameter} for parameter in PARAMETERS]


def add(coderd: Coderd, name: str, address: str = REPOSITORY.url, branch: str = "", status: str = "running") -> str:
    """Give the server a workspace of a repository; return the id of its build."""
    workspace = coderd.platform.workspaces[add_workspace(coderd.platform, name, status=status)]
    build = str(workspace["latest_build"]["id"])
    coderd.platform.parameters[build] = {"repo_url": address, "branch": branch, "cpu": "2"}
    return build


def sent(coderd: Coderd) -> list[tuple[str, str]]:
    return [(one.method, one.path) for one in coderd.requests if one.method not in {"GET", "HEAD"}]


def test_missing_it_is_created_with_template_and_repository(coderd: Coderd, bring: Bring) -> None:
    result = bring(request(parameters={"cpu": "1"}))
    assert (result.action, result.workspace.name) == (UpAction.CREATED, "repo")
    assert coderd.platform.events == ["workspace repo"]
    values = coderd.platform.parameters[result.workspace.latest_build.id]
    assert values == {"repo_url": REPOSITORY.url, "cpu": "1"}


def test_a_second_call_finds_the_same_workspace_and_changes_nothing(coderd: Coderd, bring: Bring) -> None:
    first = bring()
    before = len(sent(coderd))
    second = bring(request("git@github.com:My/repo.git"))
    assert (second.action, second.workspace.id) == (UpAction.FOUND, first.workspace.id)
    assert len(sent(coderd)) == before


def test_stopped_it_is_started_with_the_version_it_has(coderd: Coderd, bring: Bring) -> None:
    add(coderd, "repo", status="stopped")
    result = bring(request(parameters={"cpu": "4"}))
    assert result.action is UpAction.STARTED
    assert coderd.platform.events == ["start repo"]
    body = coderd.requests[[(one.method) for one in coderd.requests].index("POST")].body
    assert body == b'{"transition": "start", "rich_parameter_values": [{"name": "cpu", "value": "4"}]}'


def test_failed_it_is_started_again(coderd: Coderd, bring: Bring) -> None:
    add(coderd, "repo", status="failed")
    assert bring().action is UpAction.STARTED


def test_being_built_it_is_joined(coderd: Coderd, bring: Bring) -> None:
    bring(request(wait=False))
    result = bring()
    assert result.action is UpAction.JOINED
    assert coderd.platform.events == ["workspace repo"]


def test_being_deleted_it_is_waited_for_and_created_anew(coderd: Coderd, bring: Bring, client: CoderClient) -> None:
    add(coderd, "repo")
    found = client.workspaces.find("repo")
    assert found is not None
    client.workspaces.delete(found.id)
    result = bring()
    assert result.action is UpAction.CREATED
    assert coderd.platform.events == ["delete repo", "workspace repo"]


def test_a_deletion_without_parameters_is_told_by_the_build_before_it(
    coderd: Coderd, bring: Bring, client: CoderClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(coderd, "repo")
    found = client.workspaces.find("repo")
    assert found is not None
    build = client.workspaces.delete(found.id)
    coderd.platform.parameters[build.id] = {}
    asked: list[tuple[str, str, int]] = []

    def numbered(owner: str, name: str, number: int) -> WorkspaceBuild:
        asked.append((owner, name, number))
        return found.latest_build

    monkeypatch.setattr(client.workspaces, "numbered_build", numbered)
    assert bring().workspace.name == "repo"
    assert asked == [("spt-ci", "repo", 4)]


def test_two_repositories_of_one_name_get_a_workspace_each(coderd: Coderd, bring: Bring) -> None:
    assert bring(request("a/x")).workspace.name == "x"
    assert bring(request("b/x")).workspace.name == "x-b"
    assert bring(request("a/x")).workspace.name == "x"
    assert bring(request("b/x")).action is UpAction.FOUND
    del coderd


def test_another_branch_is_another_workspace(coderd: Coderd, bring: Bring) -> None:
    add(coderd, "repo", branch="main")
    assert bring().workspace.name == "repo-my"


def test_a_name_of_the_users_that_is_anothers_is_refused(coderd: Coderd, bring: Bring) -> None:
    add(coderd, "mine", "https://github.com/your/repo")
    with pytest.raises(NameTakenError, match=r"'mine' is the workspace of github\.com/your/repo"):
        bring(request(names=("mine",)))


def test_a_running_one_keeps_its_parameters_and_says_so(coderd: Coderd, bring: Bring, said: io.StringIO) -> None:
    add(coderd, "repo")
    bring(request(parameters={"cpu": "8"}))
    assert "It keeps its cpu; sptcoder stop repo first to change that." in said.getvalue()


def test_one_of_another_template_is_refused_only_if_the_template_was_asked_for(coderd: Coderd, bring: Bring) -> None:
    add(coderd, "repo")
    with pytest.raises(UsageError, match="is of the template 'spt-flow', not of 'other'"):
        bring(request(template="other", is_template_asked_for=True))
    assert bring(request(template="other")).action is UpAction.FOUND


def test_no_wait_returns_as_soon_as_it_is_queued(coderd: Coderd, bring: Bring) -> None:
    result = bring(request(wait=False))
    assert result.workspace.latest_build.status == "pending"
    assert not any("logs" in one.path for one in coderd.requests)


def test_lines_of_build_and_start_script_are_streamed_in_order(coderd: Coderd, bring: Bring, said: io.StringIO) -> None:
    coderd.platform.jobs.script.agent_lines = ("== Repositories", "   cloning", "   warning: no setup script")
    result = bring()
    words = [line.strip() for line in said.getvalue().splitlines()]
    order = ["Build ...", "line 1", "line 2", "line 3", "Agent ...", "Start script ...", "== Repositories", "cloning"]
    assert [word for word in words if word in order] == order
    assert result.warnings == ("no setup script",)
    assert "Warning: no setup script" in words


@pytest.mark.parametrize(("is_wanted", "phases"), [(True, 1), (False, 0)])
def test_the_editor_is_waited_for_if_somebody_is_about_to_open_it(
    coderd: Coderd, bring: Bring, said: io.StringIO, *, is_wanted: bool, phases: int
) -> None:
    add(coderd, "repo")
    workspace = next(iter(coderd.platform.workspaces.values()))
    workspace["latest_build"]["resources"][1]["agents"][0]["apps"][0]["health"] = "initializing"
    result = bring(request(editor=is_wanted))
    assert said.getvalue().count("VS Code ...") == phases
    assert said.getvalue().count("does not answer yet") == phases
    assert result.action is UpAction.FOUND


def test_a_dropped_log_stream_goes_on_where_it_stopped(coderd: Coderd, bring: Bring, said: io.StringIO) -> None:
    coderd.platform.jobs.script.polls = 6
    coderd.faults += [
        Fault("GET", f"{BUILD}/logs", "truncate", times=2),
        Fault("GET", f"{BUILD}/logs", "drop", times=2, after=1),
    ]
    bring()
    assert [said.getvalue().count(f"    line {number}\n") for number in (1, 2, 3)] == [1, 1, 1]


def test_a_server_that_restarts_is_waited_for(coderd: Coderd, bring: Bring, said: io.StringIO) -> None:
    # More than one request is repeated for, however short the pauses that chance makes.
    coderd.faults.append(Fault("GET", BUILD, "proxy", times=24, status=502, after=1))
    assert bring().action is UpAction.CREATED
    assert said.getvalue().count("The server does not answer as it should; waiting for it.") == 1
    assert "The server answers again." in said.getvalue()


def test_answers_of_500_are_waited_out(coderd: Coderd, bring: Bring) -> None:
    coderd.faults += [
        Fault("GET", BUILD, "status", times=3, status=500),
        Fault("GET", "/api/v2/workspaceagents/.*", "status", times=3, status=500),
    ]
    assert bring().action is UpAction.CREATED


def test_a_server_that_stays_away_is_the_failure_in_the_end(coderd: Coderd, bring: Bring) -> None:
    coderd.faults.append(Fault("GET", BUILD, "status", times=10_000, status=500))
    with pytest.raises(ApiError, match="500"):
        bring()


@pytest.mark.parametrize("kind", ["drop", "drop-after", "truncate", "status"])
def test_a_creation_whose_answer_is_lost_does_not_act_twice(coderd: Coderd, bring: Bring, kind: str) -> None:
    coderd.faults.append(Fault("POST", WORKSPACES, kind, status=500))
    assert bring().workspace.name == "repo"
    assert coderd.platform.events == ["workspace repo"]


def test_a_creation_that_somebody_else_wins_is_joined(coderd: Coderd, bring: Bring, client: CoderClient) -> None:
    template = client.templates.find("spt-flow")
    assert template is not None
    # Between our look and our request, the same command on another machine.
    coderd.faults.append(Fault("GET", "/api/v2/users/me/workspace/repo", "status", status=404))
    values = {"repo_url": REPOSITORY.url}
    other = client.workspaces.create(name="repo", template_id=template.id, parameters=values)
    result = bring()
    assert (result.action, result.workspace.id) == (UpAction.JOINED, other.id)


def test_a_build_that_fails_shows_its_last_error_lines(coderd: Coderd, bring: Bring) -> None:
    coderd.platform.jobs.script.start_status = "failed"
    with pytest.raises(BuildFailedError, match="Error: no such thing") as caught:
        bring()
    assert caught.value.next_command == "sptcoder logs repo"


def test_a_quota_of_the_cluster_is_told_from_other_failures(coderd: Coderd, bring: Bring) -> None:
    coderd.platform.jobs.script.start_status = "failed"
    coderd.platform.jobs.script.error_lines = ("Error: pods is forbidden: exceeded quota: coder-workspace",)
    with pytest.raises(QuotaReachedError):
        bring()


def test_a_quota_of_coders_own_is_the_same_failure(coderd: Coderd, bring: Bring) -> None:
    coderd.faults.append(Fault("POST", WORKSPACES, "status", status=403, message="Workspace quota reached"))
    with pytest.raises(QuotaReachedError):
        bring()


def test_a_refusal_is_the_servers_own_words(coderd: Coderd, bring: Bring) -> None:
    coderd.faults.append(Fault("POST", WORKSPACES, "status", status=400, message="cpu must be from 1 to 8"))
    with pytest.raises(ApiError, match="cpu must be from 1 to 8"):
        bring()


def test_an_agent_that_never_connects_is_given_up_by_coder(coderd: Coderd, bring: Bring) -> None:
    coderd.platform.jobs.script.agent_status = "timeout"
    with pytest.raises(AgentSilentError, match=r"does not connect \(timeout\)") as caught:
        bring()
    assert "sptcoder status repo" in str(caught.value.next_command)


def test_an_agent_that_only_ever_connects_is_given_up_by_us(coderd: Coderd, bring: Bring) -> None:
    coderd.platform.jobs.script.agent_status = "connecting"
    with pytest.raises(AgentSilentError, match=r"does not connect \(connecting\)"):
        bring()


def test_a_start_script_that_fails_shows_its_last_lines(coderd: Coderd, bring: Bring) -> None:
    coderd.platform.jobs.script.lifecycle = "start_error"
    with pytest.raises(StartScriptFailedError, match="last words of the start script"):
        bring()


@pytest.mark.parametrize("moment", ["/api/v2/workspacebuilds/", "/api/v2/workspaceagents/"])
def test_ctrl_c_leaves_the_workspace_and_says_how_to_come_back(
    coderd: Coderd, bring: Bring, client: CoderClient, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    send = client.connection.get_json

    def interrupted(path: str, **more: object) -> object:
        if path.startswith(moment):
            raise KeyboardInterrupt
        return send(path, **more)  # type: ignore[arg-type] # passed through as it came

    monkeypatch.setattr(client.connection, "get_json", interrupted)
    with pytest.raises(UpStoppedError) as caught:
        bring()
    assert caught.value.message == "Stopped waiting; the workspace 'repo' goes on without you."
    assert caught.value.next_command == f"{AGAIN} to wait again, or sptcoder delete repo to drop it"
    assert caught.value.exit_code == 130
    assert coderd.platform.events == ["workspace repo"]


def test_ctrl_c_before_anything_has_begun_is_just_that(
    bring: Bring, client: CoderClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_name: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(client.templates, "find", interrupted)
    with pytest.raises(KeyboardInterrupt):
        bring()


def test_a_template_that_comes_with_the_program_is_pushed(coderd: Coderd, bring: Bring) -> None:
    coderd.platform.version_details["variables"] = [
        {"name": "namespace", "value": "workspaces", "default_value": "coder-workspace"},
        {"name": "kvm_resource", "value": "", "default_value": ""},
        {"name": "session_token", "value": "secret", "default_value": "", "sensitive": True},
        {"name": "of_another_template", "value": "x", "default_value": ""},
    ]
    result = bring(request(template="spt-flow-ci"))
    assert result.workspace.template_name == "spt-flow-ci"
    pushed = next(one for one in coderd.platform.versions.values() if one.get("variables"))
    assert pushed["variables"] == [{"name": "namespace", "value": "workspaces"}]


def test_a_template_the_user_may_not_push_says_who_may(coderd: Coderd, bring: Bring) -> None:
    coderd.platform.may_push = False
    with pytest.raises(TemplateMissingError, match="you may not push one") as caught:
        bring(request(template="spt-flow-ci"))
    assert caught.value.next_command == "ask a template admin to run: sptcoder template push spt-flow-ci"
    assert not coderd.platform.workspaces


def test_a_template_nobody_has_names_those_there_are(coderd: Coderd, bring: Bring) -> None:
    with pytest.raises(TemplateMissingError, match="it has: spt-flow") as caught:
        bring(request(template="nope"))
    assert "--template NAME" in str(caught.value.next_command)
    assert not coderd.platform.workspaces


def test_access_is_settled_before_anything_is_built(coderd: Coderd, bring: Bring) -> None:
    unreachable = request("http://127.0.0.1:1/my/repo", check=True)
    with pytest.raises(SptFlowError, match="cannot be reached from here"):
        bring(unreachable)
    assert not coderd.platform.workspaces
