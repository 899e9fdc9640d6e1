"""Under WSL2: a socket of this process whose connections end at the agent of Windows, for as long as a block runs."""

__all__ = ["relayed_agent"]

import contextlib
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from core.command import Command

_WINDOWS_NAME: Final = "//./pipe/openssh-ssh-agent"
"""The pipe of `agent_choice.WINDOWS_PIPE`, as npiperelay spells it."""

_BACKLOG: Final = 8
_SECONDS: Final = 2.0


@contextmanager
def relayed_agent(program: str) -> Iterator[str]:
    """Yield the path of a socket, of this user alone; each connection is handed to one run of `program`."""
    running: list[subprocess.Popen[bytes]] = []
    with tempfile.TemporaryDirectory(prefix="spt-flow-agent-") as folder, socket.socket(socket.AF_UNIX) as listener:
        path = Path(folder) / "agent"
        listener.bind(str(path))
        listener.listen(_BACKLOG)
        thread = threading.Thread(target=_serve, args=(listener, program, running), daemon=True)
        thread.start()
        try:
            yield str(path)
        finally:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)  # close() alone does not end an accept() that waits
            listener.close()
            thread.join(_SECONDS)
            for process in running:
                process.terminate()
                process.wait()


def _serve(listener: socket.socket, program: str, running: list[subprocess.Popen[bytes]]) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            # -ei: end when our side ends; -s: the pipe is written to as it comes.
            handle = connection.fileno()
            running.append(
                Command(program).stream(
                    "-ei", "-s", _WINDOWS_NAME, stdin=handle, stdout=handle, stderr=subprocess.DEVNULL
                )
            )
        for ended in [process for process in running if process.poll() is not None]:
            running.remove(ended)
