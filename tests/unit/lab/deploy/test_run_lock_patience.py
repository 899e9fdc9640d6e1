"""Another run is waited for as long as is worth it, and named when it takes longer."""

import threading
import time
from pathlib import Path

import pytest

from core.errors import SptFlowError
from lab.deploy.run_lock import run_lock


def test_a_run_that_ends_in_time_is_waited_for(tmp_path: Path) -> None:
    held, ended = threading.Event(), threading.Event()

    def other() -> None:
        with run_lock(tmp_path / "run.lock", purpose="make preview"):
            held.set()
            ended.wait(10)

    thread = threading.Thread(target=other)
    thread.start()
    held.wait(10)
    with pytest.raises(SptFlowError, match="make preview"), run_lock(tmp_path / "run.lock", purpose="make token"):
        pass
    threading.Timer(0.5, ended.set).start()
    began = time.monotonic()
    with run_lock(tmp_path / "run.lock", purpose="make token", patience=10):
        assert 0.2 < time.monotonic() - began < 9
    thread.join()
