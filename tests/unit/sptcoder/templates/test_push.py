import re
from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import SptFlowError
from sptcoder.api.client import CoderClient
from sptcoder.api.errors import TokenRefusedError, UnsupportedError
from sptcoder.api.job_watch import JobFailedError, Stopwatch
from sptcoder.api.retry import RetryPolicy
from sptcoder.templates.push import push_template
from sptcoder.templates.request import PushRequest, PushResult, SmokeSettings
from sptcoder.templates.settings import TemplateSettings
from sptcoder.templates.smoke import SmokeFailedError
from tests.standins.coderd.fault import Fault
from tests.standins.coderd.server import Coderd
from tests.unit.sptcoder.conftest import MAIN_TF, NoWait

Write = Callable[..., Path]
_NEW = MAIN_TF + "# changed\n"


class Pusher:
    """Pushes one template to the stand-in and keeps what was said."""

    def __init__(self, coderd: Coderd, write: Write, no_wait: NoWait) -> None:
        self.coderd, self.platform, self.write, self.no_wait = coderd, coderd.platform, write, no_wait
        self.said: list[str] = []

    def __call__(self, content: str = MAIN_TF, *, token: str | None = None, **request: object) -> PushResult:
        asked = PushRequest.model_validate({"name": "demo", "directory": self.write(content), **request})
        policy = RetryPolicy(budget=5, sleep=self.no_wait.sleep)
        watch = Stopwatch(clock=self.no_wait.clock, sleep=self.no_wait.sleep)
        with CoderClient(self.coderd.url, token or self.platform.token, retry=policy) as client:
            return push_template(client, asked, say=self.said.append, stopwatch=watch)

    def active(self) -> str:
        (template,) = self.platform.templates.values()
        return str(template["active_version_id"])

    def events(self) -> list[str]:
        """Return what happened, version names without their digits, and forget it."""
        found = [re.sub(r"-[0-9a-f]{8}", "", event) for event in self.platform.events]
        self.platform.events.clear()
        return found


@pytest.fixture
def push(coderd: Coderd, template: Write, no_wait: NoWait, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Pusher:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    return Pusher(coderd, template, no_wait)


def test_the_first_push(push: Pusher) -> None:
    result = push()
    assert push.events() == ["version content", "template demo", "workspace smoke", "delete smoke"]
    assert result.new_version
    assert push.active() == result.version_id
    assert push.platform.workspaces == {}
    (template,) = push.platform.templates.values()
    assert (template["default_ttl_ms"], template["activity_bump_ms"]) == (7_200_000, 7_200_000)


def test_nothing_changed_nothing_written(push: Pusher, coderd: Coderd) -> None:
    first = push()
    coderd.requests.clear()
    again = push()
    assert (again.version_id, again.new_version, again.new_settings) == (first.version_id, False, False)
    assert {request.method for request in coderd.requests} == {"GET"}
    assert len(coderd.requests) <= 4


def test_a_change_is_imported_proven_and_then_activated(push: Pusher) -> None:
    push()
    push.events()
    result = push(_NEW)
    assert push.events() == ["version content", "workspace smoke", "delete smoke", "activate content"]
    assert push.active() == result.version_id


def test_variables_are_content(push: Pusher) -> None:
    first, second = push(), push(variables={"namespace": "x"})
    assert first.archive_sha256 == second.archive_sha256
    assert first.version_id != second.version_id
    assert not push(variables={"namespace": "x"}).new_version


def test_settings_alone_make_no_version(push: Pusher) -> None:
    push()
    result = push(settings={"default_ttl_ms": 1_800_000, "activity_bump_ms": 0})
    assert (result.new_version, result.new_settings) == (False, True)
    (template,) = push.platform.templates.values()
    assert (template["default_ttl_ms"], template["activity_bump_ms"]) == (1_800_000, 0)


def test_an_old_server_keeps_what_a_patch_does_not_change(push: Pusher) -> None:
    push.platform.version, push.platform.partial_patch = "v2.29.1", False
    push()
    push(settings={"icon": "/icon/x.svg"})
    (template,) = push.platform.templates.values()
    assert template["allow_user_autostop"] is True
    assert template["default_ttl_ms"] == 7_200_000


def test_304_is_no_error(push: Pusher, coderd: Coderd) -> None:
    push()
    coderd.faults.append(Fault("PATCH", "/api/v2/templates/[^/]+", "status", status=304))
    assert not push(settings={"icon": "/icon/x.svg"}).new_settings


def test_old_versions_are_archived_but_for_the_last(push: Pusher) -> None:
    results = [push(f"{MAIN_TF}# {number}\n") for number in range(4)]
    archived = [push.platform.versions[result.version_id]["archived"] for result in results]
    assert archived == [True, True, False, False]
    assert sum(result.archived_versions for result in results) == 2


def test_an_older_content_is_taken_up_again_not_made_again(push: Pusher) -> None:
    first = push()
    for number in range(3):
        push(f"{MAIN_TF}# {number}\n")
    assert push.platform.versions[first.version_id]["archived"]
    push.events()
    assert push().version_id == first.version_id
    assert push.events()[:2] == ["unarchive content", "activate content"]


def test_a_failing_import_shows_its_last_errors_and_leaves_what_is_active(push: Pusher) -> None:
    before = push().version_id
    push.platform.jobs.script.import_status = "failed"
    for _ in range(2):  # the failed version's name is taken: the second one gets another
        with pytest.raises(JobFailedError, match=r"exit status 1\n    Error: no such thing$"):
            push(_NEW)
    assert push.active() == before
    assert push.platform.workspaces == {}
    push.platform.jobs.script.import_status = "succeeded"
    assert push(_NEW).version_name.endswith("-r3")


def test_a_first_push_that_fails_leaves_no_template(push: Pusher) -> None:
    push.platform.jobs.script.import_status = "failed"
    with pytest.raises(JobFailedError):
        push()
    push.platform.jobs.script.import_status = "succeeded"
    push.platform.jobs.script.start_status = "failed"
    with pytest.raises(SmokeFailedError):
        push()
    assert push.platform.templates == push.platform.workspaces == {}


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ({"start_status": "failed"}, "did not come up.*Error: no such thing"),
        ({"lifecycle": "start_error"}, "start script ended in start_error.*last words of the start script"),
        ({"lifecycle": "starting"}, "not ready within"),
        ({"delete_status": "failed"}, "could not be deleted.*Error: no such thing"),
    ],
)
def test_a_failing_smoke_test_leaves_what_is_active(push: Pusher, script: dict[str, str], words: str) -> None:
    before = push().version_id
    for name, value in script.items():
        setattr(push.platform.jobs.script, name, value)
    with pytest.raises(SmokeFailedError, match=f"(?s){words}"):
        push(_NEW)
    assert push.active() == before
    if "delete_status" not in script:
        assert push.platform.workspaces == {}


def test_a_slow_job_is_given_up_and_taken_up_by_the_next_push(push: Pusher) -> None:
    push()
    push.platform.jobs.script.polls = 500
    with pytest.raises(JobFailedError, match="took too long: not finished after 30 s"):
        push(_NEW, import_timeout_seconds=30)
    push.platform.jobs.script.polls = 2
    for job in push.platform.jobs.states.values():
        job["polls"] = 0
    versions = len(push.platform.versions)
    assert push(_NEW).new_version
    assert len(push.platform.versions) == versions


def test_without_a_smoke_test_there_is_no_workspace(push: Pusher) -> None:
    push(smoke={"enabled": False})
    push(_NEW, smoke={"enabled": False})
    assert push.events() == ["version content", "template demo", "version content", "activate content"]


def test_parameters_reach_the_smoke_workspace(push: Pusher, coderd: Coderd) -> None:
    push(smoke=SmokeSettings(parameters={"cpu": "1", "a": "b"}))
    (request,) = coderd.seen("POST", "/api/v2/users/me/workspaces")
    assert b'[{"name": "a", "value": "b"}, {"name": "cpu", "value": "1"}]' in request.body


def test_premium_settings_need_the_licence(push: Pusher) -> None:
    with pytest.raises(UnsupportedError, match="access_control"):
        push(settings=TemplateSettings(require_active_version=True))
    assert push.platform.events == []
    push.platform.features = frozenset({"access_control"})
    push(settings=TemplateSettings(require_active_version=True))
    (template,) = push.platform.templates.values()
    assert template["require_active_version"] is True


def test_an_expired_token_is_one_sentence(push: Pusher) -> None:
    with pytest.raises(TokenRefusedError) as caught:
        push(token="canary-91be-token")  # noqa: S106 - the canary
    assert "\n" not in str(caught.value)
    assert caught.value.next_command is not None
    assert "canary" not in f"{caught.value} {push.said}"
    assert push.platform.events == []


def test_a_workspace_of_a_killed_push_of_this_version_is_adopted(push: Pusher) -> None:
    push()
    version = _killed_during_smoke(push)
    push.events()
    assert push(_NEW).version_id == version
    assert push.events() == ["delete smoke", "activate content"]
    assert push.platform.workspaces == {}


def test_what_a_long_killed_push_left_is_removed(push: Pusher) -> None:
    push()
    _killed_during_smoke(push)
    (workspace,) = push.platform.workspaces.values()
    workspace["created_at"] = "2026-01-01T00:00:00Z"
    for job in push.platform.jobs.states.values():
        job |= {"polls": 0, "ended": True}
    push(MAIN_TF + "# other\n")
    assert push.platform.workspaces == {}
    assert any("of a push that was killed" in line for line in push.said)


def test_a_young_smoke_workspace_of_another_push_is_left_alone(push: Pusher) -> None:
    push()
    _killed_during_smoke(push)
    (workspace,) = push.platform.workspaces.values()
    workspace["created_at"] = "2999-01-01T00:00:00Z"
    push(MAIN_TF + "# other\n")
    assert list(push.platform.workspaces.values()) == [workspace]


def _killed_during_smoke(push: Pusher) -> str:
    """Leave on the server what a push leaves that is killed while its smoke workspace starts."""
    kill = Fault("GET", "/api/v2/workspacebuilds/[^/]+/logs", "status", status=418, message="killed here")
    delete = Fault("POST", "/api/v2/workspaces/[^/]+/builds", "status", status=418)
    cancel = Fault("PATCH", "/api/v2/workspacebuilds/[^/]+/cancel", "status", status=418)
    push.coderd.faults += [kill, delete, cancel]
    with pytest.raises(SptFlowError):
        push(_NEW)
    push.coderd.faults.clear()
    (workspace,) = push.platform.workspaces.values()
    return next(one for one in push.platform.versions if workspace["name"] == f"smoke-{one[:8]}")
