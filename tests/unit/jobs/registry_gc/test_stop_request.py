import os
import signal

import pytest

from jobs.registry_gc.stop_request import StoppedError, StopRequest


def test_the_signal_interrupts_nothing_and_is_answered_when_asked_for() -> None:
    with StopRequest() as stop:
        stop.check()
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop.is_made
        with pytest.raises(StoppedError, match="asked to stop"):
            stop.check()


def test_after_the_work_the_signal_means_what_it_meant_before() -> None:
    former = signal.getsignal(signal.SIGTERM)
    with StopRequest():
        assert signal.getsignal(signal.SIGTERM) != former
    assert signal.getsignal(signal.SIGTERM) == former
