"""Programs left half-way by a failed run: they are ended, their loops closed, and nothing is said later."""

import asyncio
import gc
import sys
import threading

import pytest

from lab.deploy.stopped_programs import end_stopped_programs


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Collect what Python says when something fails that nobody waits for."""
    heard: list[object] = []
    gc.collect()  # what earlier tests have left is not of these
    monkeypatch.setattr(sys, "unraisablehook", lambda unraisable: heard.append(unraisable.exc_value))
    return heard


async def run_in_stack(at_work: threading.Event) -> None:
    """Wait for ever, and end as the SDK's function of this name does: by something that wants the running loop."""
    try:
        at_work.set()
        await asyncio.Event().wait()
    finally:
        asyncio.get_running_loop()
        await asyncio.sleep(0)


def stopped_loop() -> asyncio.AbstractEventLoop:
    """Return a loop that was stopped with a program in it."""
    loop = asyncio.new_event_loop()
    loop.call_later(0.05, loop.stop)
    with pytest.raises(RuntimeError, match="stopped before"):
        loop.run_until_complete(run_in_stack(threading.Event()))
    return loop


def test_a_loop_that_was_stopped_is_emptied_and_closed(said: list[object]) -> None:
    loop = stopped_loop()
    end_stopped_programs()
    assert loop.is_closed()
    assert not asyncio.all_tasks(loop)
    del loop
    gc.collect()
    assert said == []


def test_without_it_the_collector_breaks_the_program_off(said: list[object]) -> None:
    """What the other tests are about, so that they cannot pass for want of it."""
    loop = stopped_loop()
    loop.set_exception_handler(lambda *_: None)
    del loop
    gc.collect()
    assert [str(error) for error in said] == ["no running event loop"]


def test_a_program_at_work_in_the_sdks_server_is_cancelled_there(said: list[object]) -> None:
    at_work, closed = threading.Event(), threading.Event()

    def serve() -> None:
        loop = asyncio.new_event_loop()
        with pytest.raises(asyncio.CancelledError):
            loop.run_until_complete(run_in_stack(at_work))
        loop.close()
        closed.set()

    serve.__code__ = serve.__code__.replace(co_filename="/somewhere/pulumi/automation/_server.py")
    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    assert at_work.wait(10)
    end_stopped_programs()
    assert closed.wait(10)
    thread.join(10)
    gc.collect()
    assert said == []


def test_what_is_no_program_is_left_alone() -> None:
    async def other() -> int:
        await asyncio.sleep(0.05)
        return 1

    loop = asyncio.new_event_loop()
    task = loop.create_task(other())
    end_stopped_programs()
    assert loop.run_until_complete(task) == 1
    loop.close()
