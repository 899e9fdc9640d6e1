"""Programs on a pseudo-terminal: what they are given, and that nothing of this process gets in their way."""

import signal
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import pexpect
import pytest

from release.terminal_process import TerminalProcess

_PROGRAM = """
import os, signal, sys
print(sys.stdin.isatty(), os.get_terminal_size(), os.getcwd(), os.environ["WORD"], os.getpid() == os.getsid(0))
print("controlled by", os.ttyname(os.open("/dev/tty", os.O_RDWR)))
signal.signal(signal.SIGINT, lambda *_: sys.exit(7))
input("ready")
"""


def test_a_program_has_a_terminal_of_its_own(tmp_path: Path) -> None:
    child = TerminalProcess(
        sys.executable,
        ["-c", _PROGRAM],
        env={"WORD": "a b=c", "PATH": "/usr/bin:/bin"},
        cwd=str(tmp_path),
        dimensions=(40, 120),
        encoding="utf-8",
        timeout=60,
    )
    child.expect_exact(f"True os.terminal_size(columns=120, lines=40) {tmp_path} a b=c True")
    child.expect_exact("controlled by /dev/tty")
    child.expect("ready")
    child.sendintr()
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 7


def test_signals_that_python_ignores_are_not_ignored_by_programs() -> None:
    child = TerminalProcess("grep", ["SigIgn", "/proc/self/status"], encoding="utf-8", timeout=60)
    child.expect(r"SigIgn:\s+\w+")
    ignored = int(str(child.after).split()[1], 16)
    assert not ignored & (1 << (signal.SIGPIPE - 1))
    child.close()


def test_a_program_that_is_not_there_is_said() -> None:
    with pytest.raises(pexpect.ExceptionPexpect, match="not found"):
        TerminalProcess("no-such-program", [])


def test_one_that_does_not_end_is_killed_with_its_terminal() -> None:
    child = TerminalProcess("sleep", ["300"], timeout=60)
    child.close(force=True)
    assert child.signalstatus in (signal.SIGHUP, signal.SIGINT, signal.SIGKILL)


@pytest.fixture
def _grpc_at_work() -> Iterator[None]:
    """Have gRPC's threads wait in this process, as those of an engine's plugins do."""
    server = grpc.server(ThreadPoolExecutor(4))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    channels = [grpc.insecure_channel(f"127.0.0.1:{port}") for _ in range(4)]
    for channel in channels:
        grpc.channel_ready_future(channel).result(timeout=30)
    yield
    for channel in channels:
        channel.close()
    server.stop(None)


@pytest.mark.usefixtures("_grpc_at_work")
def test_grpc_in_this_process_crashes_none() -> None:
    """pexpect.spawn loses one of eight so."""
    for _ in range(40):
        child = TerminalProcess("echo", ["hello"], encoding="utf-8", timeout=60)
        child.expect_exact("hello")
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == 0
