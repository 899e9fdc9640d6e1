from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sptcoder.api.client import CoderClient
from sptcoder.api.job_watch import Stopwatch
from sptcoder.api.retry import RetryPolicy
from tests.standins.coderd.server import Coderd

MAIN_TF = 'resource "terraform_data" "x" {}\n'


class NoWait:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture(autouse=True)
def _no_question_about_releases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep commands that run in this process from asking for newer releases; tests of that take it back."""
    monkeypatch.setenv("SPT_FLOW_SKIP_UPDATE_CHECK", "true")


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give this process a home that is empty, on every system."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "APPDATA", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def no_wait() -> NoWait:
    return NoWait()


@pytest.fixture
def stopwatch(no_wait: NoWait) -> Stopwatch:
    return Stopwatch(clock=no_wait.clock, sleep=no_wait.sleep)


@pytest.fixture
def coderd() -> Iterator[Coderd]:
    with Coderd() as server:
        yield server


@pytest.fixture
def client(coderd: Coderd, no_wait: NoWait) -> Iterator[CoderClient]:
    with CoderClient(coderd.url, coderd.platform.token, retry=RetryPolicy(sleep=no_wait.sleep)) as one:
        yield one


@pytest.fixture
def template(tmp_path: Path) -> Callable[..., Path]:
    def write(content: str = MAIN_TF, name: str = "template") -> Path:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        (folder / "main.tf").write_text(content)
        return folder

    return write
