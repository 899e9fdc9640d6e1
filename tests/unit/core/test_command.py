"""The subprocess wrapper: programs with the caller's terminal, and programs that data flows through."""

import subprocess
import sys
import tempfile

import pytest

from core.command import Command, pipes_of

PYTHON = Command(sys.executable)


@pytest.mark.parametrize(("script", "code"), [("", 0), ("raise SystemExit(7)", 7)])
def test_an_attached_program_ends_with_its_own_code(script: str, code: int) -> None:
    assert PYTHON.attach("-c", script) == code


def test_an_attached_program_that_is_killed_counts_as_a_shell_counts_it() -> None:
    assert PYTHON.attach("-c", "import os, signal; os.kill(os.getpid(), signal.SIGTERM)") == 128 + 15


def test_ctrl_c_waits_for_an_attached_program() -> None:
    script = (
        "import os, signal, sys, time\n"
        "signal.signal(signal.SIGINT, lambda *_: None)\n"
        "os.kill(os.getppid(), signal.SIGINT)\n"
        "time.sleep(0.3)\n"
        "open(sys.argv[1], 'w').write('ended')\n"
    )
    with tempfile.NamedTemporaryFile("r") as mark:
        with pytest.raises(KeyboardInterrupt):
            PYTHON.attach("-c", script, mark.name)
        assert mark.read() == "ended", "it was not waited for"


def test_data_flows_through_a_program() -> None:
    process = Command("cat").stream(stderr=subprocess.DEVNULL)
    into, out = pipes_of(process)
    into.write(bytes(range(256)))
    into.close()
    assert out.read() == bytes(range(256))
    out.close()
    assert process.wait() == 0


def test_a_program_without_pipes_has_none_to_give() -> None:
    process = Command("true").start()
    process.wait()
    with pytest.raises(ValueError, match="without pipes"):
        pipes_of(process)
