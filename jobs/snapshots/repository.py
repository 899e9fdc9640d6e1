"""The repository of file-level snapshots, kept by restic: encrypted, each piece of data stored once.

Whoever works on it holds a lock on its volume first, so that a lock of restic's own that is found is a dead one's.
Source: restic's manual, its scripting chapter, for 0.14.
"""

__all__ = ["Repository", "RepositoryError", "Stored"]

import errno
import fcntl
import json
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from core.command import Command, CommandResult
from core.errors import SptFlowError

_FOLDER: Final = "restic"
_LOCK: Final = ".lock"
_COMPLETE: Final = "complete"
_INCOMPLETE_CODE: Final = 3
_GONE_FILE: Final = ("no such file or directory", "file does not exist")
_GONE: Final = "gone-since"
_TIME: Final = "%Y%m%dT%H%M%SZ"
_POLL_SECONDS: Final = 0.2
_WORDS: Final = 300


class RepositoryError(SptFlowError):
    """restic could not do what it was asked for."""


@dataclass(frozen=True)
class Stored:
    """One snapshot in the repository; `tags` are its facts by name. It is complete if every file could be read."""

    id: str
    time: datetime
    tags: Mapping[str, str]
    is_complete: bool

    @property
    def gone_since(self) -> datetime | None:
        """Return when its claim was first found gone."""
        found = self.tags.get(_GONE)
        return None if found is None else datetime.strptime(found, _TIME).replace(tzinfo=UTC)


class Repository:
    """The repository on one volume; `environment` says what opens it, in restic's own variables."""

    def __init__(self, volume: Path, environment: Mapping[str, str], *, program: str = "restic") -> None:
        self._volume = volume
        self._folder = volume / _FOLDER
        self._restic = Command(program, env={**environment, "RESTIC_REPOSITORY": str(self._folder)})

    @contextmanager
    def held(self, seconds: float) -> Iterator[None]:
        """Hold the volume for this process, made ready for work; raise RepositoryError if others have it for so long.

        The lock goes with the process, however that ends.
        """
        end = time.monotonic() + seconds
        with (self._volume / _LOCK).open("w") as file:
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() >= end:
                        raise RepositoryError(
                            f"Another snapshot or restore held the repository for {seconds:g} seconds."
                        ) from None
                time.sleep(_POLL_SECONDS)
            self._prepare()
            yield

    def take(self, source: Path, uid: str, facts: Mapping[str, str]) -> None:
        """Store the folder's content, with facts about it. Files that vanish meanwhile are no part of it.

        Raise RepositoryError if anything else could not be read: what was read is kept then, as incomplete.
        """
        tags = [word for name, text in facts.items() for word in ("--tag", f"{name}={text}")]
        done = self._run("backup", "--json", "--host", uid, "--one-file-system", *tags, str(source), check=False)
        if done.returncode not in (0, _INCOMPLETE_CODE):
            raise _failed("store the volume's files", done)
        found = next((each for each in _objects(done.stdout) if each.get("message_type") == "summary"), None)
        if found is None:
            raise _failed("say what it stored", done)
        lost = 0 if done.returncode == 0 else _unreadable(done.stderr)
        if lost:
            raise RepositoryError(f"{lost} files of the volume could not be read; the snapshot is incomplete.")
        self._checked("tag", "--add", _COMPLETE, str(found["snapshot_id"]), doing="call the snapshot complete")

    def list(self) -> list[Stored]:
        """Return every snapshot there is; raise RepositoryError."""
        text = self._checked("snapshots", "--json", doing="list the snapshots").stdout
        return [_stored(each) for each in json.loads(text) or []]

    def mark_gone(self, ids: Sequence[str], moment: datetime) -> None:
        """Write on the snapshots that their claims are gone; raise RepositoryError."""
        if ids:
            tag = f"{_GONE}={moment.astimezone(UTC).strftime(_TIME)}"
            self._checked("tag", "--add", tag, *ids, doing="mark snapshots")

    def remove(self, ids: Sequence[str]) -> None:
        """Let go of the snapshots, and free what nothing needs any more; raise RepositoryError. Safe to repeat."""
        if ids:
            self._checked("forget", *ids, doing="let go of snapshots")
        self._checked("prune", doing="free what snapshots held")

    def restore(self, identity: str, folder: Path) -> None:
        """Put the files of a snapshot back where they were, `folder`, which is empty, and check each.

        Raise RepositoryError if anything could not be written, or is not what was stored.
        """
        left = [path.name for path in folder.iterdir() if path.name != "lost+found"]
        if left:
            raise RepositoryError(f"The volume to restore to is not empty: it has '{min(left)}'.")
        self._checked("restore", identity, "--target", "/", "--verify", doing="restore the files")

    def check(self) -> None:
        """Read the structure of the whole repository; raise RepositoryError if any of it is not as it should be."""
        self._checked("check", doing="find the repository in order")

    def _prepare(self) -> None:
        """Make the repository if there is none, and drop dead locks."""
        if (self._folder / "config").is_file():
            if any((self._folder / "locks").iterdir()):
                self._checked("unlock", "--remove-all", doing="drop the locks of those who died")
            return
        if self._folder.exists():
            raise RepositoryError(f"The folder '{self._folder}' is there, and no repository: it has no file 'config'.")
        # Under another name until it is whole.
        fresh = self._folder.with_name(f".{_FOLDER}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        done = Command(self._restic.program, env={**(self._restic.env or {}), "RESTIC_REPOSITORY": str(fresh)}).run(
            "init", check=False
        )
        if done.returncode != 0:
            raise _failed("make the repository", done)
        fresh.rename(self._folder)

    def _run(self, *args: str, check: bool = True) -> CommandResult:
        return self._restic.run("--quiet", "--no-cache", *args, check=check)

    def _checked(self, *args: str, doing: str) -> CommandResult:
        done = self._run(*args, check=False)
        if done.returncode != 0:
            raise _failed(doing, done)
        return done


def _failed(doing: str, done: CommandResult) -> RepositoryError:
    said = " ".join((done.stderr.strip() or done.stdout.strip()).split())
    return RepositoryError(f"restic could not {doing} (exit code {done.returncode}): {said[-_WORDS:] or 'no word'}.")


def _objects(text: str) -> Iterator[dict[str, Any]]:
    for line in text.splitlines():
        try:
            found = json.loads(line)
        except ValueError:
            continue
        if isinstance(found, dict):
            yield found


def _unreadable(text: str) -> int:
    """Return how many things could not be read, but for those that were not there any more."""
    errors = [each.get("error") for each in _objects(text) if each.get("message_type") == "error"]
    return sum(not _is_gone(error) for error in errors) if errors else 1


def _is_gone(error: object) -> bool:
    if isinstance(error, dict) and error.get("Err") == errno.ENOENT:
        return True
    return any(words in str(error).lower() for words in _GONE_FILE)


def _stored(found: Mapping[str, Any]) -> Stored:
    words = [str(tag) for tag in found.get("tags") or ()]
    tags = {name: text for name, equals, text in (word.partition("=") for word in words) if equals}
    return Stored(str(found["id"]), _moment(str(found["time"])), tags, _COMPLETE in words)


def _moment(text: str) -> datetime:
    """Read restic's time, which has up to nine digits behind the second."""
    head, dot, rest = text.partition(".")
    digits = rest.rstrip("Z").split("+")[0].split("-")[0]
    zone = rest[len(digits) :] if dot else ""
    return datetime.fromisoformat(f"{head}.{digits[:6]:<06}{zone}" if dot else text).astimezone(UTC)
