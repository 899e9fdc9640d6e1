"""A benchmark that is ended: what it was running ends with it, and what it has brought up is taken down."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import psutil
import pytest

from benchmarks.make_target import make
from core.errors import CommandFailedError
from tests.support.patience import wait_for_text, wait_until

_ROOT = Path(__file__).parents[3]
_BENCHMARK = """
import sys
from pathlib import Path
from benchmarks.ending import end_engines, end_in_order
from benchmarks.make_target import make

folder = Path(sys.argv[1])
end_in_order()
try:
    try:
        make("work", {}, folder=folder)
    finally:
        (folder / "taken-down").touch()
except KeyboardInterrupt:
    end_engines()
    sys.exit(130)
"""


def makefile(folder: Path, *recipe: str) -> None:
    (folder / "Makefile").write_text("work:\n" + "".join(f"\t{line}\n" for line in recipe))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_everything_ends_and_is_taken_down(tmp_path: Path, number: signal.Signals) -> None:
    program = "import os, pathlib, time; pathlib.Path('pid').write_text(str(os.getpid())); time.sleep(300)"
    makefile(tmp_path, f'@"{sys.executable}" -c "{program}"')
    benchmark = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(_BENCHMARK), str(tmp_path)], cwd=_ROOT, env=dict(os.environ)
    )
    try:
        worker = int(wait_for_text(tmp_path / "pid"))
        os.kill(benchmark.pid, number)
        assert benchmark.wait(30) == 130
        wait_until(lambda: not psutil.pid_exists(worker))
        assert (tmp_path / "taken-down").exists()
    finally:
        benchmark.kill()
        benchmark.wait()


def test_a_command_that_does_not_hear_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.make_target._SECONDS", 0.5)
    makefile(tmp_path, "@trap '' INT; echo $$$$ >pid; sleep 300 & echo $$! >child; while :; do sleep 1; done")
    heard: list[int] = []

    def impatient(*_: object) -> None:
        heard.append(1)
        raise KeyboardInterrupt

    def interrupt() -> None:
        wait_for_text(tmp_path / "child")
        os.kill(os.getpid(), signal.SIGUSR1)

    before = signal.signal(signal.SIGUSR1, impatient)
    thread = threading.Thread(target=interrupt)
    try:
        thread.start()
        with pytest.raises(KeyboardInterrupt):
            make("work", {}, folder=tmp_path)
    finally:
        thread.join()
        signal.signal(signal.SIGUSR1, before)
    assert heard == [1]
    pids = {int((tmp_path / name).read_text()) for name in ("pid", "child")}
    wait_until(lambda: not any(psutil.pid_exists(pid) for pid in pids))


def test_a_failure_shows_what_was_said(tmp_path: Path) -> None:
    makefile(tmp_path, "@echo one; echo two >&2; exit 3")
    with pytest.raises(CommandFailedError) as failed:
        make("work", {}, folder=tmp_path)
    assert "one" in str(failed.value) or "two" in str(failed.value)


def test_a_success_says_nothing(tmp_path: Path) -> None:
    makefile(tmp_path, '@test "$$WANTED" = "a b"')
    make("work", {"WANTED": "a b"}, folder=tmp_path)
