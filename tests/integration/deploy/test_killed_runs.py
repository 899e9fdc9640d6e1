"""SIGKILL in every part of a run: the next run converges, with no orphan and no duplicate."""

import itertools
import os
import random
import signal
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from lab.deploy.paths import DeployPaths
from tests.integration.deploy.small_stack import SmallStack
from tests.support.patience import wait_until

PARTS = int(os.environ.get("SPT_FLOW_KILLED_RUN_PARTS", "5"))
"""A run is cut into as many parts of one length; the variable asks for finer ones."""

VICTIMS = ("run", "engine", "everything")
SEED = 20260207

pytestmark = [pytest.mark.lab, pytest.mark.faults, pytest.mark.timeout(1500)]


def kill_something(stack: SmallStack, run_pid: int, choice: str) -> None:
    """Kill the run itself, the engine below it, or everything that works for the stack."""
    victims = stack.processes()
    if choice == "run":
        victims = [process for process in victims if process.pid == run_pid]
    elif choice == "engine":
        victims = [process for process in victims if process.name() == "pulumi"]
    for process in victims:
        try:
            process.send_signal(signal.SIGKILL)
        except psutil.NoSuchProcess:
            continue


def wait_for_quiet(stack: SmallStack, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while (left := stack.processes()) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert not left, f"still running: {[process.cmdline() for process in left]}"


def test_a_run_killed_anywhere_is_made_good_by_the_next(small_stack: SmallStack) -> None:
    dice = random.Random(SEED)  # noqa: S311 - chooses moments, not secrets
    started = time.monotonic()
    small_stack.at(0).up()
    full = time.monotonic() - started
    outcomes = {"killed": 0, "ended before": 0}
    points = list(itertools.product(range(PARTS), VICTIMS))
    dice.shuffle(points)
    for generation, (part, victim) in enumerate(points, start=1):
        stack = small_stack.at(generation)
        process = stack.start()
        time.sleep((part + dice.random()) / PARTS * full)
        ended = process.poll() is not None
        kill_something(stack, process.pid, victim)
        process.wait(timeout=60)
        if process.stdout is not None:
            process.stdout.close()
        outcomes["ended before" if ended else "killed"] += 1
        stack.up()
        stack.assert_sound()
        wait_for_quiet(stack)
    assert outcomes["killed"] >= len(points) * 2 // 3, outcomes


@pytest.mark.parametrize("kind", ["creating", "updating", "deleting"])
def test_an_operation_whose_outcome_nobody_knows_is_settled(small_stack: SmallStack, kind: str) -> None:
    """Also when nothing else differs: no `up` follows a preview that finds no change."""
    stack = small_stack.at(50)
    stack.up()
    stack.leave_pending(kind)
    assert stack.state()["pending_operations"]
    stack.up()
    stack.assert_sound()


def test_an_interrupted_run_ends_by_itself_and_leaves_a_sound_state(small_stack: SmallStack) -> None:
    small_stack.at(100).up()
    for generation, delay in ((101, 0.1), (102, 1.0), (103, 2.5)):
        stack = small_stack.at(generation)
        with stack.start() as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "started\n"
            time.sleep(delay)
            os.killpg(process.pid, signal.SIGINT)
            output, _ = process.communicate(timeout=60)
        assert process.returncode in (0, 130), output
        assert "Traceback" not in output
        wait_for_quiet(stack)
        stack.up()
        stack.assert_sound()


def test_a_second_run_at_the_same_time_is_refused(small_stack: SmallStack) -> None:
    stack = small_stack.at(200)
    with stack.start() as first:
        lock = DeployPaths(Path(stack.run.directory)).run_lock
        wait_until(lambda: lock.exists() and f"(process {first.pid})" in lock.read_text(encoding="utf-8"))
        with stack.start() as second:
            output, _ = second.communicate(timeout=60)
        assert second.returncode == 1, output
        assert f"'make up' (process {first.pid}) is already working on this lab" in output
        assert first.wait(timeout=120) == 0
    stack.assert_sound()


@pytest.mark.parametrize(
    ("mistake", "sentence"),
    [
        ({"limits": False}, "must have a cpu limit: it has none."),
        ({"host_network": True}, "of its node: its hostNetwork is true."),
    ],
)
def test_a_violation_stops_the_run_before_anything_is_created(
    small_stack: SmallStack, mistake: dict[str, Any], sentence: str
) -> None:
    small_stack.at(300).up()
    before = small_stack.in_cluster()
    stack = small_stack.at(301)
    stack.run = replace(stack.run, **mistake)
    with stack.start() as process:
        output, _ = process.communicate(timeout=120)
    assert process.returncode == 1, output
    assert "so nothing was changed" in output
    assert "sleeper" in output
    assert sentence in output
    assert "Traceback" not in output
    assert small_stack.in_cluster() == before
