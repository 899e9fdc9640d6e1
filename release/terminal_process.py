"""A program on a pseudo-terminal of its own, started without a copy of this process."""

__all__ = ["TerminalProcess"]

import os
import pty
import signal
import termios
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import pexpect
from ptyprocess import PtyProcess  # type: ignore[import-untyped]  # it has no types

if TYPE_CHECKING:
    _Spawn = pexpect.spawn[Any]
else:
    _Spawn = pexpect.spawn

_DIMENSIONS: Final = (24, 80)


class TerminalProcess(_Spawn):
    """What pexpect.spawn is, but for how the program comes to be.

    pexpect forks and then closes all files. Where gRPC is at work in this process, it starts its threads anew in the
    fork, and crashes it when it finds its files closed, if that happens before the program is there.
    """

    def _spawnpty(
        self,
        args: Sequence[bytes | str],
        *,
        env: Mapping[str, str] | None,
        cwd: str | None,
        dimensions: tuple[int, int] = _DIMENSIONS,
        **_: Any,  # noqa: ANN401 - pexpect's own: echo, and functions for the fork that there is none of
    ) -> PtyProcess:
        terminal, side = pty.openpty()
        termios.tcsetwinsize(side, dimensions)
        # The first terminal that the leader of a new session opens is the one it is controlled by.
        opened = (os.POSIX_SPAWN_OPEN, 0, os.ttyname(side), os.O_RDWR, 0)
        try:
            pid = os.posix_spawnp(
                "env",
                ["env", *(("--chdir", cwd) if cwd else ()), *args],
                os.environ if env is None else env,
                file_actions=[opened, (os.POSIX_SPAWN_DUP2, 0, 1), (os.POSIX_SPAWN_DUP2, 0, 2)],
                setsid=True,
                setsigdef=[signal.SIGPIPE, signal.SIGXFSZ],
            )
        finally:
            os.close(side)
        return PtyProcess(pid, terminal)
