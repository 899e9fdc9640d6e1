"""Using the builder: the first user starts its daemon, others join, the last one's end is the daemon's end."""

__all__ = ["builder", "drop_builder"]

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from core.errors import SptFlowError
from lab.builder.daemon import answers, launch
from lab.builder.place import BuilderPlace
from lab.progress import Progress, SilentProgress, Step

_TITLE: Final = "Image builder"
_POLL_SECONDS: Final = 0.05
_LONGEST_SOCKET: Final = 107
"""Bytes the kernel takes for the path of a socket."""


@contextmanager
def builder(progress: Progress | None = None, place: BuilderPlace | None = None) -> Iterator[str]:
    """Have the builder's daemon run for the block; yields its address, a value of DOCKER_HOST.

    Several users, of several labs, may build at once. The kernel frees their locks however they end, and the daemon's
    guardian, which watches those, then ends the daemon: nothing runs between builds. Raises SptFlowError, one sentence,
    when the daemon does not come up.
    """
    place = place or BuilderPlace.of()
    progress = progress or SilentProgress()
    if len(os.fsencode(place.socket)) > _LONGEST_SOCKET:
        raise SptFlowError(
            f"The image builder's socket {place.socket} has a path longer than {_LONGEST_SOCKET} bytes.",
            next_command="XDG_CACHE_HOME=/a/shorter/path make up",
        )
    with progress.step(_TITLE) as step:
        users = _join(place)
        try:
            _ensure_daemon(place, step)
        except BaseException:
            users.close()
            raise
    with users:
        yield place.docker_host


def drop_builder(progress: Progress | None = None, place: BuilderPlace | None = None) -> Path:
    """Remove the builder with all its layers, after builds that run now have ended; return where it was."""
    place = place or BuilderPlace.of()
    if place.root.is_dir():
        with (progress or SilentProgress()).step("Image builder removed") as step:
            step.note("waiting for builds that run now")
            while not _removed(place):
                time.sleep(_POLL_SECONDS)  # its guardian notices that nobody builds, and ends
    return place.root


def _removed(place: BuilderPlace) -> bool:
    """Remove everything unless a guardian lives; new users wait meanwhile."""
    with place.users.open("a") as users, place.running.open("a") as running:
        _lock(users, fcntl.LOCK_EX)
        try:
            fcntl.flock(running, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        shutil.rmtree(place.root, ignore_errors=True)
    return True


def _join(place: BuilderPlace) -> IO[str]:
    """Return the users' lock file, locked; waits while a daemon ends or the builder is removed: seconds."""
    while True:
        place.make_folders()
        users = place.users.open("a")
        try:
            _lock(users, fcntl.LOCK_SH)
            if place.users.exists() and os.path.samestat(place.users.stat(), os.fstat(users.fileno())):
                return users
        except BaseException:
            users.close()
            raise
        users.close()  # it was removed meanwhile, and its lock protects nothing


def _ensure_daemon(place: BuilderPlace, step: Step) -> None:
    with place.starting.open("a") as starting:
        _lock(starting, fcntl.LOCK_EX)
        if answers(place):
            step.unchanged("already running")
        else:
            step.note("starting Docker's daemon")
            launch(place)


def _lock(file: IO[str], kind: int) -> None:
    """Take the lock; polls, since a wait inside the kernel would not hear Ctrl-C in every case."""
    while True:
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_POLL_SECONDS)
        else:
            return
