import pytest

from core.errors import SptFlowError
from sptcoder.api.errors import ApiError, ForeignAnswerError, NoAnswerError, TokenRefusedError
from sptcoder.api.retry import RetryPolicy, is_safe_to_repeat


def _answer(method: str, status: int, retry_after: float | None = None) -> ApiError:
    return ApiError(method=method, path="/x", status=status, message="m", retry_after=retry_after)


def _silence(method: str, *, may_have_acted: bool) -> NoAnswerError:
    return NoAnswerError(
        method=method, path="/x", url="http://h", reason="r", may_have_acted=may_have_acted, correlation_id="c"
    )


@pytest.mark.parametrize(
    ("status", "reading", "writing"),
    [
        (400, False, False),
        (401, False, False),
        (403, False, False),
        (404, False, False),
        (409, False, False),
        (410, False, False),
        (429, True, True),
        (500, False, False),
        (501, False, False),
        (502, True, False),
        (503, True, False),
        (504, True, False),
    ],
)
def test_answers(status: int, *, reading: bool, writing: bool) -> None:
    assert {is_safe_to_repeat(_answer(method, status)) for method in ("GET", "HEAD")} == {reading}
    assert {is_safe_to_repeat(_answer(method, status)) for method in ("POST", "PUT", "PATCH", "DELETE")} == {writing}


@pytest.mark.parametrize(
    ("path", "detail", "again"),
    [
        ("/api/v2/workspacebuilds/b/cancel", "sql: no rows in result set", True),
        ("/api/v2/templateversions/v/cancel", "sql: no rows in result set", True),
        ("/api/v2/workspacebuilds/b/cancel", "the database is gone", False),
        ("/api/v2/workspaces/w", "sql: no rows in result set", False),
    ],
)
def test_a_cancel_that_met_a_busy_job_is_sent_again(path: str, detail: str, *, again: bool) -> None:
    error = ApiError(method="PATCH", path=path, status=500, message="m", detail=detail)
    assert is_safe_to_repeat(error) == again


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
def test_silence(method: str) -> None:
    assert is_safe_to_repeat(_silence(method, may_have_acted=False))
    assert is_safe_to_repeat(_silence(method, may_have_acted=True)) == (method in {"GET", "HEAD"})


@pytest.mark.parametrize(
    "error",
    [
        TokenRefusedError(method="GET", path="/x", message="m", correlation_id="c"),
        ForeignAnswerError(method="GET", path="/x", url="u", status=200, found="f", correlation_id="c"),
        SptFlowError("m"),
        ValueError(),
    ],
)
def test_everything_else_is_final(error: Exception) -> None:
    assert not is_safe_to_repeat(error)


def _run(policy: RetryPolicy, errors: list[SptFlowError]) -> int:
    tried = 0
    for attempt in policy.retrying():
        with attempt:
            tried += 1
            if errors:
                raise errors.pop(0)
    return tried


def test_pauses_grow_and_follow_the_server_up_to_a_minute() -> None:
    slept: list[float] = []
    policy = RetryPolicy(budget=600, sleep=slept.append, jitter=lambda _low, high: high)
    errors: list[SptFlowError] = [_answer("GET", 503) for _ in range(6)]
    errors += [_answer("GET", 429, retry_after=7.0), _answer("GET", 429, retry_after=9000.0)]
    assert _run(policy, errors) == 9
    assert slept == [0.25, 0.5, 1.0, 2.0, 4.0, 5.0, 7.0, 60.0]


def test_a_server_that_limits_rates_gets_its_minute_whatever_the_budget() -> None:
    slept: list[float] = []
    said: list[str] = []
    policy = RetryPolicy(budget=5, sleep=slept.append, say=said.append)
    assert _run(policy, [_answer("POST", 429, retry_after=60.0), _answer("POST", 429, retry_after=60.0)]) == 3
    assert slept == [60.0, 60.0]
    assert said == ["Coder takes no more of these requests for now; the next try is in 60 s."] * 2


def test_a_server_that_never_lets_us_through_is_given_up() -> None:
    slept: list[float] = []
    with pytest.raises(ApiError) as caught:
        _run(RetryPolicy(sleep=slept.append), [_answer("POST", 429, retry_after=60.0) for _ in range(5)])
    assert caught.value.status == 429
    assert slept == [60.0, 60.0]


@pytest.mark.parametrize(("status", "retry_after"), [(503, 30.0), (429, None)])
def test_only_a_refusal_that_names_its_end_is_waited_for(status: int, retry_after: float | None) -> None:
    slept: list[float] = []
    policy = RetryPolicy(budget=5, sleep=slept.append, jitter=lambda _low, high: high)
    with pytest.raises(ApiError):
        _run(policy, [_answer("GET", status, retry_after=retry_after) for _ in range(100)])
    assert sum(slept) < 5
