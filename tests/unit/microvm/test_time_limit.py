import os
import time
from pathlib import Path

import pytest

from microvm.device import KvmError
from microvm.time_limit import within


def test_the_result_comes_back() -> None:
    assert within(5, lambda: b"x" * 200_000) == b"x" * 200_000


def test_an_error_comes_back_with_its_errno() -> None:
    def fail() -> None:
        raise KvmError("why", 13)

    with pytest.raises(KvmError, match="why") as caught:
        within(5, fail)
    assert caught.value.code == 13


def test_any_other_failure_is_named_by_its_type() -> None:
    with pytest.raises(KvmError, match="failed with ZeroDivisionError"):
        within(5, lambda: 1 / 0)


def test_what_hangs_is_killed(tmp_path: Path) -> None:
    def hang() -> None:
        (tmp_path / "pid").write_text(str(os.getpid()))
        time.sleep(600)

    started = time.monotonic()
    with pytest.raises(KvmError, match=r"no end after 0\.3 s"):
        within(0.3, hang)
    assert time.monotonic() - started < 5
    assert not Path(f"/proc/{(tmp_path / 'pid').read_text()}").exists()


def test_a_child_that_dies_is_reported() -> None:
    with pytest.raises(KvmError, match="died"):
        within(5, lambda: os._exit(3))
