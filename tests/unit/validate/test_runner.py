"""Running checks: limits, what they leave behind, and the report held against what comes out."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from validate.build_report import BuildReport, ToolEntry
from validate.check import Check, Workbench
from validate.outcome import CheckFailedError, CheckSkippedError, Outcome, Status
from validate.runner import Plan, run_checks

_HAD = ToolEntry("tool", "1.2.3", "somewhere")
_MISSING = ToolEntry("tool", missing="nobody has it")


def _run(
    work: Callable[[Workbench], str],
    *,
    entry: ToolEntry | None = _HAD,
    required: tuple[str, ...] = (),
    seconds: float = 20,
    home: Path = Path("/"),
) -> Outcome:
    check = Check("one", "a check", work, tools=("tool",), seconds=seconds)
    report = BuildReport({} if entry is None else {"tool": entry})
    (outcome,) = run_checks(Plan([check], report, home, required))
    return outcome


def _raise(error: BaseException) -> str:
    raise error


def _sleep(seconds: float) -> str:
    time.sleep(seconds)
    return "slept"


def _say_late(number: int, bench: Workbench) -> str:
    assert bench.folder.name == f"c{number}"
    time.sleep(0.2)
    return f"check {number}"


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_what_a_check_says_is_its_message() -> None:
    outcome = _run(lambda _: "tool 1.2.3 works.")
    assert (outcome.status, outcome.message) == (Status.PASSED, "tool 1.2.3 works.")


def test_a_failure_and_a_reason_to_skip_are_told_apart() -> None:
    failed = _run(lambda _: _raise(CheckFailedError("It is broken.")))
    skipped = _run(lambda _: _raise(CheckSkippedError("There is nothing here.")))
    assert (failed.status, failed.message) == (Status.FAILED, "It is broken.")
    assert (skipped.status, skipped.message) == (Status.SKIPPED, "There is nothing here.")


@pytest.mark.parametrize("error", [ValueError("odd"), RecursionError("deep"), KeyError("none")])
def test_a_check_that_breaks_fails(error: Exception) -> None:
    outcome = _run(lambda _: _raise(error))
    assert outcome.status is Status.FAILED
    assert outcome.message.startswith(f"The check itself broke: {type(error).__name__}")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_check_whose_process_dies_fails(number: signal.Signals) -> None:
    def die(bench: Workbench) -> str:
        os.kill(os.getpid(), number)
        return f"still alive in {bench.folder}"

    outcome = _run(die)
    assert outcome.status is Status.FAILED
    assert "died" in outcome.message


def test_a_check_that_hangs_is_given_up_with_all_it_has_started(tmp_path: Path) -> None:
    def hang(bench: Workbench) -> str:
        # One in a session of its own whose parent is gone, as daemons are; one that heeds no signal but the last.
        daemon = subprocess.Popen(["/bin/sh", "-c", "setsid sleep 300 & echo $!"], stdout=subprocess.PIPE, text=True)
        assert daemon.stdout is not None
        stubborn = subprocess.Popen(["/bin/sh", "-c", "trap '' TERM INT HUP; while :; do sleep 300; done"])
        (bench.home / "pids").write_text(f"{daemon.stdout.readline().strip()} {stubborn.pid}")
        return _sleep(300)

    outcome = _run(hang, seconds=1, home=tmp_path)
    assert outcome.status is Status.FAILED
    assert outcome.message == "It did not end within 1 s, so it was given up."
    assert outcome.seconds < 30
    pids = [int(pid) for pid in (tmp_path / "pids").read_text().split()]
    assert len(pids) == 2
    assert not any(_is_alive(pid) for pid in pids)


def test_nothing_of_a_check_that_passed_is_left(tmp_path: Path) -> None:
    def leave(bench: Workbench) -> str:
        (bench.folder / "file").write_text("something")
        process = subprocess.Popen(["sleep", "300"], start_new_session=True)
        (bench.home / "told").write_text(f"{process.pid} {bench.folder}")
        return "done"

    assert _run(leave, home=tmp_path).status is Status.PASSED
    pid, folder = (tmp_path / "told").read_text().split()
    assert not _is_alive(int(pid))
    assert not Path(folder).exists()


def test_a_check_may_be_given_another_limit() -> None:
    check = Check("one", "a check", lambda _: _sleep(300))
    (outcome,) = run_checks(Plan([check], BuildReport(), Path("/"), seconds=0.5))
    assert outcome.message == "It did not end within 0.5 s, so it was given up."


def test_checks_run_side_by_side_and_each_says_its_own() -> None:
    checks = [Check(f"c{n}", "a check", partial(_say_late, n)) for n in range(6)]
    outcomes = list(run_checks(Plan(checks, BuildReport(), Path("/"), jobs=3)))
    assert sorted((outcome.name, outcome.message) for outcome in outcomes) == [
        (f"c{n}", f"check {n}") for n in range(6)
    ]


def test_a_tool_that_the_report_names_as_missing_is_not_run() -> None:
    outcome = _run(lambda _: "never", entry=_MISSING)
    assert (outcome.status, outcome.message) == (Status.MISSING, "tool is not in this image: nobody has it")


def test_a_missing_tool_that_is_required_is_a_failure() -> None:
    outcome = _run(lambda _: "never", entry=_MISSING, required=("tool",))
    assert outcome.status is Status.FAILED
    assert outcome.message == "tool is required, and is not in this image: nobody has it"


def test_a_tool_neither_had_nor_reported_is_a_failure() -> None:
    outcome = _run(lambda bench: bench.run("no-such-program").stdout, entry=None)
    assert outcome.status is Status.FAILED
    assert outcome.message == "'no-such-program' is not on PATH. The build report says nothing about tool."


def test_another_version_than_the_reports_is_a_failure() -> None:
    outcome = _run(lambda _: "tool 1.3.0 works.")
    assert outcome.status is Status.FAILED
    assert outcome.message == "tool 1.3.0 works. But the build report has tool 1.2.3."
