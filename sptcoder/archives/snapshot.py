"""Saving a home: read as a compressed tar through the tunnel, straight into a file of this machine."""

__all__ = ["DEFAULT_EXCLUDES", "SavedFile", "default_file", "save_home"]

import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final

from core.command import pipes_of
from core.errors import SptFlowError, UsageError
from sptcoder.archives.file import write_saved_home
from sptcoder.archives.home_script import HOME_ENTRIES
from sptcoder.archives.manifest import Manifest
from sptcoder.cli.correlation import correlation_id
from sptcoder.connection.ssh_words import sh_text
from sptcoder.connection.tunnel import ConnectionFailedError, Tunnel
from sptcoder.version import VERSION

DEFAULT_EXCLUDES: Final = ("./.cache", "./lost+found")
"""Left out unless asked for: what may be lost by its own definition (XDG), and what is the file system's."""

_CHUNK: Final = 1 << 16
_SHOWN_LINES: Final = 3
_DIFFERED: Final = 1
_PASSING: Final = re.compile(r"tar: (.*(changed as we read it|removed before we read it|socket ignored)|Exiting .*)")
"""What GNU tar says of files that were in use; the archive is complete all the same."""

_SCRIPT: Final = f"""\
{HOME_ENTRIES}
if [ $# = 0 ]; then set -- -T /dev/null; fi
exec tar -c -z -f - -X /dev/stdin "$@"
"""


@dataclass(frozen=True)
class SavedFile:
    """A home that was saved, and how many files changed while they were read."""

    path: Path
    manifest: Manifest
    changed_meanwhile: int


def default_file(workspace: str, folder: Path, *, now: datetime) -> Path:
    """Return the name a saved home gets when the user gives none."""
    return folder / f"{workspace}-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.home.tar"


def save_home(
    tunnel: Tunnel, path: Path, *, excludes: Sequence[str], seen: Callable[[int], None] = lambda _: None
) -> SavedFile:
    """Save the home of the tunnel's workspace at `path`; `seen` is told the bytes that came so far.

    Raises UsageError if there is something at `path` already, SptFlowError if a file of the home cannot be read or
    the connection breaks; nothing is left then.
    """
    unfit = next((pattern for pattern in excludes if "\n" in pattern or not pattern), None)
    if unfit is not None:
        raise UsageError(f"{unfit!r} is no pattern of files to leave out: it is empty or has a line break.")
    with tempfile.TemporaryFile() as said:
        reading = _Reading(tunnel, said, seen)
        manifest = write_saved_home(
            path, reading.parts(excludes), lambda size, sha256: _describe(tunnel, excludes, size, sha256)
        )
    return SavedFile(path, manifest, reading.changed)


@dataclass
class _Reading:
    tunnel: Tunnel
    said: IO[bytes]
    seen: Callable[[int], None]
    changed: int = 0

    def parts(self, excludes: Sequence[str]) -> Iterator[bytes]:
        process = self.tunnel.stream(sh_text(_SCRIPT), stderr=self.said)
        into, out = pipes_of(process)
        size = 0
        try:
            into.write("".join(f"{pattern}\n" for pattern in excludes).encode())
            into.close()
            while part := out.read(_CHUNK):
                size += len(part)
                self.seen(size)
                yield part
            self._judge(process.wait(), size)
        except BrokenPipeError:
            self._judge(process.wait(), size)
            raise ConnectionFailedError(self.tunnel.target.name) from None
        finally:
            process.kill()
            process.wait()
            out.close()

    def _judge(self, code: int, size: int) -> None:
        self.said.seek(0)
        lines = [line for line in self.said.read().decode(errors="replace").splitlines() if line.strip()]
        serious = [line for line in lines if not _PASSING.fullmatch(line)]
        if self.tunnel.is_broken(code) or code < 0:
            raise ConnectionFailedError(self.tunnel.target.name, " ".join(lines[-_SHOWN_LINES:]))
        if code == _DIFFERED and not serious:
            self.changed = sum("we read it" in line for line in lines)
        elif code != 0 or size == 0:
            words = "; ".join(serious[:_SHOWN_LINES]) or f"tar ended with {code}"
            raise SptFlowError(
                f"The home of '{self.tunnel.target.name}' could not be saved: {words}.",
                next_command="the same command with --exclude for what cannot be read, such as --exclude './folder'",
            )


def _describe(tunnel: Tunnel, excludes: Sequence[str], size: int, sha256: str) -> Manifest:
    workspace = tunnel.target.workspace
    return Manifest(
        server=tunnel.session.url,
        workspace=tunnel.target.full_name,
        template=workspace.template_name,
        template_version=workspace.latest_build.template_version_name,
        created_at=datetime.now(UTC),
        excluded=tuple(excludes),
        program=VERSION,
        correlation_id=correlation_id(),
        size=size,
        sha256=sha256,
    )
