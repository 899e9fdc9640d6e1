"""Checks run side by side, each within its time, judged by the build report."""

__all__ = ["Plan", "run_checks"]

import selectors
import tempfile
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from validate.build_report import BuildReport
from validate.check import Check, Workbench
from validate.outcome import Outcome, Status
from validate.time_limit import LimitedWork


@dataclass(frozen=True)
class Plan:
    """What is run: `required` tools must not be missing; `seconds` takes the place of each check's own limit."""

    checks: Sequence[Check]
    report: BuildReport
    home: Path
    required: Collection[str] = field(default_factory=tuple)
    seconds: float | None = None
    jobs: int = 2


def run_checks(plan: Plan) -> Iterator[Outcome]:
    """Yield an outcome a check as each ends; whatever the checks made or started is gone afterwards."""
    waiting: deque[Check] = deque()
    for check in plan.checks:
        outcome = _without_running(check, plan)
        if outcome is None:
            waiting.append(check)
        else:
            yield outcome
    with (
        tempfile.TemporaryDirectory(prefix="spt-validate-", ignore_cleanup_errors=True) as base,
        selectors.DefaultSelector() as selector,
        ExitStack() as stack,
    ):
        stack.callback(_end_all, selector)
        while waiting or selector.get_map():
            while waiting and len(selector.get_map()) < plan.jobs:
                check = waiting.popleft()
                selector.register(_start(check, plan, Path(base)), selectors.EVENT_READ, check)
            yield from _turn(selector, plan)


def _without_running(check: Check, plan: Plan) -> Outcome | None:
    """Return the outcome of a check of a tool that the report says is missing, None if the check has to be run."""
    for tool in check.tools:
        reason = plan.report.reason(tool)
        if reason is not None and tool in plan.required:
            return Outcome(check.name, Status.FAILED, f"{tool} is required, and is not in this image: {reason}")
        if reason is not None:
            return Outcome(check.name, Status.MISSING, f"{tool} is not in this image: {reason}")
    return None


def _start(check: Check, plan: Plan, base: Path) -> LimitedWork:
    folder = base / check.name
    folder.mkdir()
    limit = check.seconds if plan.seconds is None else plan.seconds
    return LimitedWork(limit, lambda: check.work(Workbench(folder, plan.home)))


def _turn(selector: selectors.BaseSelector, plan: Plan) -> Iterator[Outcome]:
    """Wait until a check ends or runs out of time, and yield the outcomes of those that did."""
    patience = min(work.seconds_left for work, _ in _running(selector))
    ended = [key.fileobj for key, _ in selector.select(patience) if isinstance(key.fileobj, LimitedWork)]
    ended = [work for work in ended if work.read()] + [
        work for work, _ in _running(selector) if work.seconds_left == 0 and work not in ended
    ]
    for work in ended:
        check: Check = selector.unregister(work).data
        seconds = work.seconds
        status, message = work.finish()
        yield _judged(check, status, message, seconds, plan)


def _running(selector: selectors.BaseSelector) -> list[tuple[LimitedWork, Check]]:
    keys = selector.get_map().values()
    return [(key.fileobj, key.data) for key in keys if isinstance(key.fileobj, LimitedWork)]


def _judged(check: Check, status: Status, message: str, seconds: float, plan: Plan) -> Outcome:
    """Return the outcome with the report held against it."""
    entries = [plan.report.tools.get(tool) for tool in check.tools]
    if status is Status.PASSED:
        for entry in entries:
            if entry is not None and entry.contradicts(message):
                status, message = Status.FAILED, f"{message} But the build report has {entry.tool} {entry.version}."
                break
    elif status is Status.FAILED and plan.report.problem is None and None in entries:
        silent = [tool for tool in check.tools if tool not in plan.report.tools]
        message += f" The build report says nothing about {', '.join(silent)}."
    return Outcome(check.name, status, message, seconds)


def _end_all(selector: selectors.BaseSelector) -> None:
    for work, _ in _running(selector):
        selector.unregister(work)
        work.finish()
