"""A git server of this machine, for as long as a block runs, on one address."""

__all__ = ["served_repositories"]

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import ports
from core.command import Command
from core.errors import SptFlowError

_SECONDS: Final = 10.0
_PAUSE: Final = 0.05
_LOG_LINES: Final = 3


@contextmanager
def served_repositories(
    folder: Path, address: str, *, port: int = ports.GIT, elsewhere: Sequence[Path] = ()
) -> Iterator[str]:
    """Serve every bare repository in `folder`, read-only, over git's own protocol; yield the URL of the folder.

    `elsewhere` are the git folders that symbolic links in `folder` lead to, whoever owns them. The server listens on
    `address` and nowhere else, and ends with the block, or with this process, however that ends.
    Raises SptFlowError if it does not come up.
    """
    log = folder.parent / "git-daemon.log"
    daemon = Path(Command("git").run("--exec-path").stdout.strip()) / "git-daemon"
    with log.open("wb") as output:
        server = Command("setpriv", env=_trust(elsewhere)).start(
            "--pdeathsig=KILL",
            str(daemon),
            f"--listen={address}",
            f"--port={port}",
            f"--base-path={folder}",
            "--reuseaddr",
            "--export-all",
            "--informative-errors",
            "--verbose",
            str(folder),
            *map(str, elsewhere),
            output=output,
        )
    try:
        _wait(server, address, port, log)
        yield f"git://{address}:{port}"
    finally:
        server.terminate()
        try:
            server.wait(_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        # A connection's own process may still hold the port: all that the server started goes with it.
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)


def _trust(folders: Sequence[Path]) -> dict[str, str]:
    """Return what lets git read repositories that belong to another user than the one who serves them."""
    told = {"GIT_CONFIG_COUNT": str(len(folders))}
    for number, folder in enumerate(folders):
        told |= {f"GIT_CONFIG_KEY_{number}": "safe.directory", f"GIT_CONFIG_VALUE_{number}": str(folder)}
    return told


def _wait(server: subprocess.Popen[bytes], address: str, port: int, log: Path) -> None:
    end = time.monotonic() + _SECONDS
    while server.poll() is None and time.monotonic() < end:
        with socket.socket() as probe:
            probe.settimeout(1)
            # Another server's port answers as well: ours is still alive only if the port was free for it.
            if probe.connect_ex((address, port)) == 0 and _stays(server):
                return
        time.sleep(_PAUSE)
    said = " | ".join(log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-_LOG_LINES:])
    raise SptFlowError(f"The git server does not come up on {address}:{port}: {said or 'it says nothing'}.")


def _stays(server: subprocess.Popen[bytes]) -> bool:
    try:
        server.wait(_PAUSE * 2)
    except subprocess.TimeoutExpired:
        return True
    return False
