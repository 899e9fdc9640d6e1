import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest

from core.errors import SptFlowError
from jobs.reaper.decision import Record, Workspace
from jobs.reaper.inventory import BusyError, Deletion, IncompleteListError, RightsError
from tests.unit.jobs.reaper.conftest import Handler, answer, inventory, workspace_json


class _Pages:
    """Serves lists page by page; each whole read of the list may be another list."""

    def __init__(self, *lists: list[int], count: int | None = None) -> None:
        self._lists, self._count, self.requests = list(lists), count, 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/api/v2/workspaces"
        offset, limit = int(request.url.params["offset"]), int(request.url.params["limit"])
        if offset == 0 and self.requests and len(self._lists) > 1:
            self._lists.pop(0)
        self.requests += 1
        numbers = self._lists[0]
        page = [workspace_json(number) for number in numbers[offset : offset + limit]]
        return answer(200, {"workspaces": page, "count": self._count or len(numbers)})


@pytest.mark.parametrize(
    ("rights", "says"),
    [
        ({"read": True, "delete": True}, None),
        ({"read": True, "delete": False}, "may not delete other users' workspaces"),
        ({"read": False, "delete": False}, "may not read or delete other users' workspaces"),
        ({}, "may not read or delete"),
        ([], "may not read or delete"),
        ({"read": "yes", "delete": True}, "may not read other"),
    ],
)
def test_a_token_that_shows_less_is_refused(rights: object, says: str | None) -> None:
    asked: list[object] = []

    def handler(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/api/v2/organizations/default":
            return answer(200, {"id": str(UUID(int=50)), "name": "coder", "is_default": True})
        assert (request.method, request.url.path) == ("POST", "/api/v2/authcheck")
        asked.extend(json.loads(request.content)["checks"].values())
        return answer(200, rights)

    if says is None:
        inventory(handler).refuse_narrow_token()
    else:
        with pytest.raises(RightsError, match=says):
            inventory(handler).refuse_narrow_token()
    everybodys = {"resource_type": "workspace", "organization_id": str(UUID(int=50))}
    assert asked == [{"object": everybodys, "action": action} for action in ("read", "delete")]


@pytest.mark.parametrize("total", [0, 1, 99, 100, 101, 250])
def test_every_page_is_read(total: int) -> None:
    pages = _Pages(list(range(1, total + 1)))
    found = inventory(pages).list_all()
    assert [workspace.id.int for workspace in found] == list(range(1, total + 1))
    assert pages.requests == max(1, -(-total // 100))


def test_a_workspace_is_read_as_it_is() -> None:
    (found,) = inventory(_Pages([5])).list_all()
    assert found == Workspace(
        id=UUID(int=5),
        name="ci-5",
        owner="spt-ci",
        template="spt-flow-ci",
        created_at=datetime(2026, 11, 21, 10, 0, 0, 500_000, tzinfo=UTC),
        ttl=timedelta(minutes=30),
        build_id=UUID(int=3005),
        build_transition="start",
        build_status="running",
        build_error="",
    )


def test_the_time_until_all_agents_are_ready_is_read_off_the_build() -> None:
    ready = {"first_connected_at": "2026-11-21T10:00:20Z", "started_at": "2026-11-21T10:00:20Z"}
    agents = [
        {"id": "1", "name": "main", "status": "connected", **ready, "ready_at": "2026-11-21T10:00:50Z"},
        {"id": "2", "name": "second", "status": "connected", **ready, "ready_at": "2026-11-21T10:01:30Z"},
    ]

    def read(agents: list[dict[str, str]]) -> timedelta | None:
        described = workspace_json(5)
        described["latest_build"] |= {
            "created_at": "2026-11-21T10:00:00Z",
            "resources": [{"name": "pod", "type": "kubectl_manifest", "agents": agents}],
        }
        (found,) = inventory(lambda _: answer(200, {"workspaces": [described], "count": 1})).list_all()
        return found.usable_after

    assert read(agents) == timedelta(seconds=90)
    assert read([agents[0], {**agents[1], "ready_at": "0001-01-01T00:00:00Z"}]) is None
    assert read([]) is None


def test_a_list_that_shifts_between_pages_is_read_anew() -> None:
    whole = list(range(1, 151))
    # One from the second page moved to the front while the first was read: it is missing, and another one came twice.
    shifted = [*range(1, 101), 100, *range(101, 150)]
    assert len(inventory(_Pages(shifted, whole)).list_all()) == 150
    with pytest.raises(IncompleteListError, match="it has 149 of 150, 3 times in a row"):
        inventory(_Pages(shifted)).list_all()


def test_a_page_that_is_short_is_no_end() -> None:
    with pytest.raises(IncompleteListError, match="it has 3 of 5"):
        inventory(_Pages([1, 2, 3], count=5)).list_all()


def _broken(body: object, status: int = 200) -> Handler:
    return lambda _: answer(status, body)


@pytest.mark.parametrize(
    "handler",
    [
        _broken({"message": "Internal error fetching workspaces."}, 500),
        _broken({"message": "no"}, 403),
        _broken({"message": "who"}, 401),
        _broken({"message": "slow down"}, 429),
        _broken([]),
        _broken({}),
        _broken({"workspaces": []}),
        _broken({"count": 0}),
        _broken({"workspaces": [{"id": 1}], "count": 1}),
        _broken({"workspaces": [workspace_json(1, created_at=None)], "count": 1}),
        _broken({"workspaces": [workspace_json(1, id="one")], "count": 1}),
        lambda _: httpx.Response(200, text="<html>a proxy's page</html>"),
        lambda _: httpx.Response(302, headers={"Location": "http://elsewhere"}),
    ],
)
def test_any_other_answer_is_an_error_never_a_short_list(handler: Handler) -> None:
    with pytest.raises(SptFlowError) as caught:
        inventory(handler).list_all()
    assert "canary" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_error_on_a_later_page_is_an_error() -> None:
    pages = _Pages(list(range(1, 201)))

    def handler(request: httpx.Request) -> httpx.Response:
        return pages(request) if request.url.params["offset"] == "0" else answer(503, {"message": "busy"})

    with pytest.raises(SptFlowError, match="503"):
        inventory(handler).list_all()


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, workspace_json(1), Record.EXISTS),
        (410, {"message": 'Workspace "1" was deleted'}, Record.DELETED),
        (404, {"message": "Resource not found or you do not have access to this resource"}, Record.UNKNOWN),
    ],
)
def test_one_workspace(status: int, body: object, expected: Record) -> None:
    assert inventory(_broken(body, status)).record(UUID(int=1)) is expected


@pytest.mark.parametrize("status", [400, 401, 403, 429, 500, 502, 503])
def test_no_other_status_says_that_a_workspace_is_gone(status: int) -> None:
    with pytest.raises(SptFlowError):
        inventory(_broken({"message": "no"}, status)).record(UUID(int=1))


def test_a_404_of_somebody_else_says_nothing() -> None:
    with pytest.raises(SptFlowError, match="not Coder's API"):
        inventory(lambda _: httpx.Response(404, text="default backend")).record(UUID(int=1))


def _one() -> Workspace:
    return inventory(_Pages([1])).list_all()[0]


def test_a_deletion_keeps_nothing_back() -> None:
    seen: list[tuple[str, str, bytes]] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append((request.method, request.url.path, request.content))
        return answer(201, {**workspace_json(1)["latest_build"], "transition": "delete", "status": "pending"})

    inventory(handler).delete(_one())
    # No "orphan": that would forget the volumes.
    assert seen == [("POST", f"/api/v2/workspaces/{UUID(int=1)}/builds", b'{"transition": "delete"}')]


def test_a_build_at_work_is_no_failure() -> None:
    with pytest.raises(BusyError, match="already active"):
        inventory(_broken({"message": "A workspace build is already active."}, 409)).delete(_one())
    with pytest.raises(BusyError, match="Owner role is required"):
        inventory(_broken({"message": "Owner role is required."}, 403)).cancel(_one())
    with pytest.raises(BusyError, match="completed"):
        inventory(_broken({"message": "Job has already completed!"}, 400)).cancel(_one())
    with pytest.raises(SptFlowError, match="403"):
        inventory(_broken({"message": "You do not have permission to delete this workspace."}, 403)).delete(_one())
    inventory(_broken({"message": "was deleted"}, 410)).delete(_one())


def _with_build(transition: str, status: str, error: str = "") -> Handler:
    build = {"id": str(UUID(int=9)), "transition": transition, "status": "x"}
    body = workspace_json(1, latest_build={**build, "job": {"id": "j", "status": status, "error": error}})
    return _broken(body)


@pytest.mark.parametrize(
    ("handler", "expected"),
    [
        (_broken({"message": "was deleted"}, 410), Deletion(has_ended=True)),
        (_with_build("delete", "pending"), Deletion(has_ended=False)),
        (_with_build("delete", "running"), Deletion(has_ended=False)),
        (_with_build("delete", "failed", "exit status 1"), Deletion(has_ended=True, error="exit status 1")),
        (_with_build("delete", "canceled"), Deletion(has_ended=True, error="the job ended as canceled")),
        (
            _with_build("start", "running"),
            Deletion(has_ended=True, error="another build (start) took its place"),
        ),
    ],
)
def test_how_far_a_deletion_is(handler: Handler, expected: Deletion) -> None:
    assert inventory(handler).deletion(_one()) == expected
