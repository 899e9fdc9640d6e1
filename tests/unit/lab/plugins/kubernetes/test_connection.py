"""Requests to an API server: retries, refusals, throttling, and how a kubeconfig is handed on."""

import asyncio
import json
import stat
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from lab.plugins.kubernetes import connection as module
from lab.plugins.kubernetes.api_errors import ApiError, ConflictError, UnreachableError, from_response
from lab.plugins.kubernetes.connection import Connection
from lab.plugins.kubernetes.discovery import Discovery, UnknownKindError
from lab.plugins.kubernetes.kinds import GroupVersionKind
from lab.plugins.kubernetes.kubeconfig import ClusterAccess
from lab.plugins.kubernetes.settings import ClientSettings

Answer = Callable[[httpx.Request], httpx.Response]


@asynccontextmanager
async def _connection(answer: Answer, settings: ClientSettings | None = None) -> AsyncIterator[Connection]:
    """Yield a connection whose requests `answer` answers instead of a network."""
    access = ClusterAccess("a", "default", {"server": "https://a"}, {"token": "secret-token"})
    connection = Connection(access, settings or ClientSettings())
    connection._client = httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="https://a")
    yield connection
    await connection.close()


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_backoff", lambda _: 0.0)


class _Server:
    """Answers with the given statuses in turn, then with 200."""

    def __init__(self, *statuses: int | Exception) -> None:
        self.requests: list[httpx.Request] = []
        self._statuses = list(statuses)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        status = self._statuses.pop(0) if self._statuses else 200
        if isinstance(status, Exception):
            raise status
        return httpx.Response(status, json={"kind": "Status", "message": f"said {status}"})


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "failure", [429, 503, 504, httpx.ConnectError("refused"), httpx.RemoteProtocolError("disconnected")]
)
async def test_passing_failures_are_retried(method: str, failure: int | Exception) -> None:
    server = _Server(failure, failure)
    async with _connection(server) as connection:
        await connection.request(method, "/x", subject="X", body={})
    assert len(server.requests) == 3
    assert all(request.headers["Authorization"] == "Bearer secret-token" for request in server.requests)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 500])
async def test_refusals_are_not_retried(status: int) -> None:
    server = _Server(status)
    async with _connection(server) as connection:
        with pytest.raises(ApiError, match=f"The thing: said {status}") as caught:
            await connection.request("GET", "/x", subject="The thing")
    assert caught.value.status == status
    assert len(server.requests) == 1


async def test_a_server_that_stays_away_is_a_sentence() -> None:
    server = _Server(*[httpx.ConnectError("refused")] * 9)
    async with _connection(server) as connection:
        with pytest.raises(UnreachableError, match="https://a cannot be reached: refused"):
            await connection.request("GET", "/x", subject="X", attempts=3)
    assert len(server.requests) == 3
    async with _connection(_Server(*[httpx.ReadTimeout("slow")] * 9)) as connection:
        with pytest.raises(UnreachableError, match="does not answer"):
            await connection.request("GET", "/x", subject="X")


async def test_the_throttle_holds_back_only_when_asked() -> None:
    async def seconds_for(settings: ClientSettings) -> float:
        async with _connection(_Server(), settings) as connection:
            began = time.monotonic()
            await asyncio.gather(*(connection.request("GET", "/x", subject="X") for _ in range(12)))
            return time.monotonic() - began

    assert await seconds_for(ClientSettings(qps=20, burst=2)) >= 0.45
    # The best of three: a busy machine holds back, too.
    assert min([await seconds_for(ClientSettings()) for _ in range(3)]) < 0.45


async def test_a_kubeconfig_for_others_is_for_this_user_only() -> None:
    async with _connection(_Server()) as connection:
        path = connection.kubeconfig_file()
        assert json.loads(path.read_text())["users"][0]["user"] == {"token": "secret-token"}
        assert json.loads(path.read_text())["current-context"] == connection.context
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert connection.kubeconfig_file() == path
    assert not path.exists()


async def test_warnings_are_collected() -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={}, headers=[("Warning", '299 - "unknown field \\"spec.foo\\""')])

    warnings: list[str] = []
    async with _connection(answer) as connection:
        await connection.request("POST", "/x", subject="X", warnings=warnings)
    assert warnings == ['unknown field "spec.foo"']


def test_conflicts_name_field_and_manager() -> None:
    cause = {
        "reason": "FieldManagerConflict",
        "field": ".spec.replicas",
        "message": 'conflict with "scaler" using apps/v1',
    }
    error = from_response(409, {"reason": "Conflict", "details": {"causes": [cause]}}, "Deployment 'a/b'")
    assert isinstance(error, ConflictError)
    assert error.conflicts == [(".spec.replicas", "scaler")]
    assert "the field '.spec.replicas' is managed by 'scaler'" in error.message
    plain = from_response(409, {"reason": "AlreadyExists", "message": "exists"}, "X")
    assert plain.already_exists
    assert not isinstance(plain, ConflictError)


_WIDGET = GroupVersionKind("example.com", "v1", "Widget")


async def test_kinds_are_asked_for_once_and_again_when_missing() -> None:
    served: list[dict[str, Any]] = [{"name": "widgets", "kind": "Widget", "namespaced": True}]
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(
            200, json={"resources": [*served, {"name": "widgets/status", "kind": "Widget", "namespaced": True}]}
        )

    async with _connection(answer) as connection:
        discovery = Discovery(connection)
        found = await asyncio.gather(*(discovery.find(_WIDGET) for _ in range(5)))
        assert found[0].path("space", "x") == "/apis/example.com/v1/namespaces/space/widgets/x"
        assert asked == ["/apis/example.com/v1"]
        gadget = GroupVersionKind("example.com", "v1", "Gadget")
        with pytest.raises(UnknownKindError, match="its CustomResourceDefinition is missing"):
            await discovery.find(gadget)
        served.append({"name": "gadgets", "kind": "Gadget", "namespaced": False})
        assert (await discovery.find(gadget)).path("", "x") == "/apis/example.com/v1/gadgets/x"


async def test_a_group_that_is_not_there() -> None:
    async with _connection(_Server(404)) as connection:
        with pytest.raises(UnknownKindError, match=r"does not know the kind 'example.com/v1/Widget'"):
            await Discovery(connection).find(_WIDGET)
