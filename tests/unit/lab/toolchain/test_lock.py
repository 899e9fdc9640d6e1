"""One run at a time."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lab.progress import SilentProgress, Step
from lab.toolchain.lock import held

ROOT = Path(__file__).parents[4]
HOLDER = """
import sys, time
from pathlib import Path
from lab.progress import SilentProgress
from lab.toolchain.lock import held
with held(Path(sys.argv[1]), SilentProgress()):
    print("held", flush=True)
    time.sleep(60)
"""


class Recorder(SilentProgress):
    """Keeps titles and notes, and tells when the first note has come."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.noted = threading.Event()

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        self.said.append(title)
        yield self

    def note(self, text: str) -> None:
        self.said.append(text)
        self.noted.set()

    def unchanged(self, reason: str) -> None:
        self.said.append(reason)


def test_a_free_lock_is_taken_without_a_word(tmp_path: Path) -> None:
    recorder = Recorder()
    with held(tmp_path / "a" / "lock", recorder):
        assert (tmp_path / "a" / "lock").read_text() == f"{os.getpid()}\n"
    assert recorder.said == []


def test_a_second_run_says_whom_it_waits_for_and_goes_on_when_the_first_is_killed(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    recorder = Recorder()
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(lock)], cwd=ROOT, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"

        def kill_when_waited_for() -> None:
            recorder.noted.wait(20)
            holder.kill()

        killer = threading.Thread(target=kill_when_waited_for)
        killer.start()
        with held(lock, recorder):
            pass
        killer.join()
    assert recorder.said[:2] == [
        "Wait for another run that builds the toolchain",
        f"process {holder.pid} holds the lock",
    ]
