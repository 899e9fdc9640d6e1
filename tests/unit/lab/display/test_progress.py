"""The display of steps: plain lines, the live region, and a terminal left as it was found."""

import io
import os
import pty
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from rich.console import Console

from lab.display import RichProgress
from lab.display.duration import duration

ROOT = Path(__file__).parents[4]


def plain(text: io.StringIO) -> RichProgress:
    return RichProgress(Console(file=text, width=80), environment={})


def terminal(text: io.StringIO, environment: dict[str, str]) -> RichProgress:
    console = Console(file=text, width=80, force_terminal=True, _environ={"TERM": "xterm"})
    return RichProgress(console, environment=environment)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0.0 s"), (9.94, "9.9 s"), (9.96, "10 s"), (59.4, "59 s"), (59.6, "1 min 00 s"), (283, "4 min 43 s")],
)
def test_durations_read_well(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_a_pipe_gets_one_line_for_each_step() -> None:
    text = io.StringIO()
    progress = plain(text)
    with progress.step("Build pause") as step:
        step.note("3 packages compiled")
    with progress.step("Build registry") as step:
        step.unchanged("already built")
    assert text.getvalue() == "done    Build pause (0.0 s)\nsame    Build registry (already built, 0.0 s)\n"


def test_a_long_step_is_announced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lab.display.step_printer._QUIET_SECONDS", 0.01)
    monkeypatch.setattr("lab.display.step_printer._HEARTBEAT_SECONDS", 0.05)
    text = io.StringIO()
    progress = plain(text)
    with progress.step("Build kubernetes") as step:
        step.note("12 packages compiled")
        threading.Event().wait(0.2)
    lines = text.getvalue().splitlines()
    assert lines[0] == "start   Build kubernetes"
    assert lines[1].startswith("...     Build kubernetes: 12 packages compiled (")
    assert lines[-1].startswith("done    Build kubernetes (")


@pytest.mark.parametrize(("error", "word"), [(ValueError, "failed"), (KeyboardInterrupt, "stopped")])
def test_a_step_left_by_an_exception_is_marked_and_the_exception_goes_on(error: type[BaseException], word: str) -> None:
    text = io.StringIO()
    with pytest.raises(error), plain(text).step("Start etcd"):
        raise error
    assert text.getvalue() == f"{word:<8}Start etcd (0.0 s)\n"


def test_things_left_out_are_listed_once_in_order() -> None:
    progress = plain(io.StringIO())
    for what in ("kvm", "docker", "kvm"):
        progress.left_out(what, "not on this machine")
    assert progress.left_out_lines() == ["kvm: not on this machine", "docker: not on this machine"]


def test_a_terminal_shows_the_step_its_note_and_what_remains() -> None:
    text = io.StringIO()
    progress = terminal(text, {})
    progress.open()
    progress.plan(["Build pause", "Build registry", "Start etcd", "Start apiserver", "Deploy"])
    with progress.step("Build pause") as step:
        step.note("7 packages compiled")
        threading.Event().wait(0.4)
    progress.close()
    shown = text.getvalue()
    assert "7 packages compiled" in shown
    assert "then: Build registry, Start etcd, Start apiserver and 1 more" in shown
    assert shown.endswith("\x1b[?25h")


@pytest.mark.parametrize("variable", ["CI", "NO_COLOR"])
def test_a_terminal_gets_plain_lines_where_the_environment_asks_for_them(variable: str) -> None:
    text = io.StringIO()
    progress = terminal(text, {variable: "1"})
    progress.open()
    with progress.step("Build pause"):
        pass
    progress.close()
    assert text.getvalue() == "done    Build pause (0.0 s)\n"


def test_drawing_and_ending_steps_from_many_threads_does_not_lock_up() -> None:
    progress = terminal(io.StringIO(), {})
    progress.open()

    def work(name: str) -> None:
        for number in range(100):
            with progress.step(f"{name} {number}") as step:
                step.note("at work")

    threads = [threading.Thread(target=work, args=(str(index),), daemon=True) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert not any(thread.is_alive() for thread in threads)
    progress.close()


INTERRUPTED = """
import time
from lab.display import open_progress
try:
    with open_progress() as progress, progress.step("Build kubernetes"):
        print("ready", flush=True)
        time.sleep(30)
except KeyboardInterrupt:
    raise SystemExit(130)
"""


def test_ctrl_c_gives_the_cursor_back() -> None:
    master, slave = pty.openpty()
    environment = {key: value for key, value in os.environ.items() if key not in {"CI", "NO_COLOR"}} | {"TERM": "xterm"}
    with subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED], cwd=ROOT, env=environment, stdin=slave, stdout=slave, stderr=slave
    ) as process:
        os.close(slave)
        shown = b""
        while b"ready" not in shown:
            shown += os.read(master, 4096)
        process.send_signal(2)
        while True:
            try:
                chunk = os.read(master, 4096)
            except OSError:
                break
            shown += chunk
        assert process.wait(10) == 130
    os.close(master)
    assert b"\x1b[?25l" in shown
    assert shown.rindex(b"\x1b[?25h") > shown.rindex(b"\x1b[?25l")
