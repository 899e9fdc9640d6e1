"""The `coder` program that matches the server: taken from the server itself, verified, kept where it may be lost."""

__all__ = ["CoderProgram", "coder_program"]

import hashlib
import json
import os
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.command import Command
from core.errors import SptFlowError
from sptcoder.config.file_lock import held_lock
from sptcoder.connection.offered_program import OfferedProgram, ask_offer, fetch_program
from sptcoder.connection.release_name import program_name
from sptcoder.places import cache_folder
from sptcoder.session import Session

Say = Callable[[str], None]

_FOLDER: Final = "coder"
_SETTINGS: Final = "settings"
_KEPT: Final = 2
_SECONDS: Final = 60.0
_MEGABYTE: Final = 1_000_000
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9.+-]")


@dataclass(frozen=True)
class CoderProgram:
    """A program on this disk, and the folder it is given instead of the user's own configuration of Coder."""

    path: Path
    settings: Path

    def command(self, session: Session) -> Command:
        """Return the program as it is run for a session: server and token by environment, never by argument."""
        return Command(str(self.path), env=self.environment(session))

    def environment(self, session: Session) -> dict[str, str]:
        """Return what it is told by environment."""
        return {
            **session.environment(),
            "CODER_CONFIG_DIR": str(self.settings),
            "CODER_NO_VERSION_WARNING": "true",
            "CODER_NO_FEATURE_WARNING": "true",
            "CODER_DISABLE_NETWORK_TELEMETRY": "true",
        }


def coder_program(session: Session, say: Say, *, cache: Path | None = None) -> CoderProgram:
    """Return the program of the session's server, fetched if it is not here yet; `say` then gets a line for the user.

    Several processes at once fetch it once. Raises SptFlowError for a server without a program for this machine, for
    one that is not what it should be, and for a folder that cannot be written to.
    """
    build = session.client.deployment.build_info()
    offer = ask_offer(session.url, program_name(sys.platform, platform.machine()), session.client.connection.trace)
    deployment = (cache or cache_folder()) / _FOLDER / _key(build.deployment_id or session.url)
    folder = deployment / f"{_UNSAFE.sub('-', build.version)[:32]}-{_key(build.version + str(offer.digest))}"
    program = CoderProgram(folder / offer.name, deployment / _SETTINGS)
    if _is_there(program.path, offer):
        return program
    with _writable(deployment):
        deployment.mkdir(mode=0o700, parents=True, exist_ok=True)
        with held_lock(deployment / "lock"):
            if not _is_there(program.path, offer):
                _fetch(session, offer, program, build.version, say)
                _remove_old(deployment, folder)
    return program


def _is_there(path: Path, offer: OfferedProgram) -> bool:
    # It was verified before it got this name.
    return path.is_file() and (offer.size is None or path.stat().st_size == offer.size)


def _fetch(session: Session, offer: OfferedProgram, program: CoderProgram, version: str, say: Say) -> None:
    size = f" ({offer.size / _MEGABYTE:.0f} MB)" if offer.size else ""
    say(f"Fetching the coder program {version} from {session.url}{size}; it is kept for later.")
    program.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=program.path.parent, prefix=".new-", suffix=program.path.suffix)
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "wb") as target:
            fetch_program(offer, target, session.client.connection.trace)
        unfinished.chmod(0o700)
        _require_version(unfinished, version, program.settings)
        unfinished.replace(program.path)
    finally:
        unfinished.unlink(missing_ok=True)


def _require_version(path: Path, expected: str, settings: Path) -> None:
    environment = {"CODER_CONFIG_DIR": str(settings)}
    try:
        said = Command(str(path), env=environment).run("version", "--output", "json", timeout=_SECONDS).stdout
        found = str(json.loads(said)["version"])
    except (OSError, ValueError, KeyError, TypeError, SptFlowError):
        raise SptFlowError(
            f"The program {path.name} from the server does not run on this machine.", next_command="sptcoder doctor"
        ) from None
    if found.partition("+")[0] != expected.partition("+")[0]:
        raise SptFlowError(
            f"The server is version {expected}, but the coder program it offers says it is {found}.",
            next_command="ask who runs the server to empty its CODER_CACHE_DIRECTORY",
        )


def _remove_old(deployment: Path, newest: Path) -> None:
    """Keep the newest and the one before it, which an open session may still be using."""
    programs = [path for path in deployment.iterdir() if path.is_dir() and path.name != _SETTINGS and path != newest]
    programs.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for old in programs[_KEPT - 1 :]:
        shutil.rmtree(old, ignore_errors=True)


def _key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@contextmanager
def _writable(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SptFlowError(
            f"The folder {folder}, where the coder program is kept, cannot be used: {error.strerror or error}.",
            next_command="XDG_CACHE_HOME=<a folder you may write to> and the same command",
        ) from None
