import pytest

from sptcoder.api.rate_limit import RateLimiter, limit_for
from tests.unit.sptcoder.conftest import NoWait


@pytest.mark.parametrize(
    ("method", "path", "limit"),
    [("POST", "/api/v2/files", 12), ("POST", "/api/v2/users/login", 60), ("GET", "/api/v2/templates", 512)],
)
def test_a_minute_takes_so_many(no_wait: NoWait, method: str, path: str, limit: int) -> None:
    limiter = RateLimiter(clock=no_wait.clock, sleep=no_wait.sleep)
    for _ in range(limit):
        limiter.wait(method, path)
    assert no_wait.slept == []
    limiter.wait(method, path)
    assert sum(no_wait.slept) == pytest.approx(60.1)
    limiter.wait("GET", "/other")
    assert len(no_wait.slept) == 1, "other requests do not wait"


def test_the_window_slides(no_wait: NoWait) -> None:
    limiter = RateLimiter(clock=no_wait.clock, sleep=no_wait.sleep)
    for _ in range(12):
        limiter.wait("POST", "/api/v2/files")
        no_wait.now += 10
    limiter.wait("POST", "/api/v2/files")
    assert no_wait.slept == []


def test_downloads_are_no_uploads() -> None:
    assert limit_for("GET", "/api/v2/files")[1] == 512
