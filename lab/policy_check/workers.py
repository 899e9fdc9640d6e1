"""Checking stacks side by side: a process for each, forked from this one, so that imports are paid for once."""

__all__ = ["check_stacks"]

import contextlib
import datetime as dt
import gc
import multiprocessing
import os
import signal
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import FrameType
from typing import Final

import psutil

from core.errors import SptFlowError
from lab.commands.failure import unexpected
from lab.deploy.stack_file import StackFile
from lab.policy_check.check import Check
from lab.policy_check.stack_check import check_stack, import_everything

_FORK: Final = multiprocessing.get_context("fork")
_DEBUG: Final = "SPT_FLOW_DEBUG"
_END_SECONDS: Final = 10.0


@dataclass
class _Worker:
    stack: StackFile
    process: BaseProcess
    answer: Connection


def check_stacks(stacks: Sequence[StackFile], tools: Path, today: dt.date) -> list[Check]:
    """Check each stack with the programs of `tools`, and return the checks in the order of the stacks.

    Call it before this process has threads. Whatever is written is gone at the end, also after Ctrl-C, which leaves
    this function as KeyboardInterrupt.
    """
    import_everything(stacks[0].path.parent / "__main__.py")
    gc.freeze()  # the children would copy every page that a collection touches
    with tempfile.TemporaryDirectory(prefix="spt-policy-", ignore_cleanup_errors=True) as folder, _terminable():
        workers: list[_Worker] = []
        try:
            workers = [_start(stack, tools, Path(folder) / stack.name, today) for stack in stacks]
            return _answers(workers)
        finally:
            _end([worker.process for worker in workers])
            gc.unfreeze()


def _start(stack: StackFile, tools: Path, folder: Path, today: dt.date) -> _Worker:
    answer, out = _FORK.Pipe(duplex=False)
    alive, hold = os.pipe()

    def work() -> None:
        os.close(hold)
        _settle(alive, folder, tools)
        found = _checked(stack, tools, folder, today)
        out.send(found)
        out.close()
        _end(psutil.Process().children())
        # The Pulumi SDK may keep threads alive.
        os._exit(0)

    process = _FORK.Process(target=work, name=f"policy-{stack.name}", daemon=True)
    process.start()
    out.close()
    os.close(alive)
    return _Worker(stack, process, answer)


def _settle(alive: int, folder: Path, tools: Path) -> None:
    """Make a forked process one that works alone and quietly, and ends when its parent does."""
    # A session of its own: Ctrl-C is for the parent alone, which then ends everything here.
    os.setsid()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, args=(alive,), daemon=True).start()
    if not os.environ.get(_DEBUG):
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, 1)
        os.dup2(nothing, 2)
    folder.mkdir(mode=0o700)
    os.environ.update(_environment(folder, tools))


def _checked(stack: StackFile, tools: Path, folder: Path, today: dt.date) -> Check:
    try:
        return check_stack(stack, tools, folder, today)
    except SptFlowError as error:
        return _failed(stack, error)
    except Exception as error:  # noqa: BLE001 - the parent shows it as one sentence
        return _failed(stack, unexpected(error))


def _environment(folder: Path, tools: Path) -> dict[str, str]:
    """Return what replaces the user's own settings of the programs that are run; the home folder stays the user's."""
    return {
        "PATH": os.pathsep.join([str(tools), os.environ.get("PATH", os.defpath)]),
        "TMPDIR": str(folder),
        "HELM_CONFIG_HOME": str(folder / "helm" / "config"),
        "HELM_CACHE_HOME": str(folder / "helm" / "cache"),
        "HELM_DATA_HOME": str(folder / "helm" / "data"),
    }


def _failed(stack: StackFile, error: SptFlowError) -> Check:
    return Check(
        title=f"stack {stack.name}",
        stack=stack.name,
        source=stack.path.name,
        failure=error.message,
        failure_code=error.exit_code,
    )


def _end_with_parent(alive: int) -> None:
    # Nothing is ever written: reading ends when the parent does, however it went.
    os.read(alive, 1)
    _end(psutil.Process().children(recursive=True))
    os._exit(1)


def _answers(workers: Sequence[_Worker]) -> list[Check]:
    found: dict[str, Check] = {}
    waiting = {worker.answer: worker for worker in workers}
    while waiting:
        for answer in wait(list(waiting)):
            worker = waiting.pop(answer)  # type: ignore[call-overload] # these are our connections
            try:
                found[worker.stack.name] = worker.answer.recv()
            except EOFError:
                error = SptFlowError(f"The process that checks stack '{worker.stack.name}' ended without an answer.")
                found[worker.stack.name] = _failed(worker.stack, error)
    return [found[worker.stack.name] for worker in workers]


def _end(processes: Sequence[BaseProcess | psutil.Process]) -> None:
    """Kill processes of ours and everything below them; a preview has nothing to finish."""
    trees: list[psutil.Process] = []
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            top = psutil.Process(process.pid)
            trees += [*top.children(recursive=True), top]
    for each in trees:
        with contextlib.suppress(psutil.NoSuchProcess):
            each.kill()
    psutil.wait_procs(trees, timeout=_END_SECONDS)
    for process in processes:
        if isinstance(process, BaseProcess):
            process.join(_END_SECONDS)


@contextlib.contextmanager
def _terminable() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end the block as Ctrl-C does, so that nothing is left."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        del number, frame
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
