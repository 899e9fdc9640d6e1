"""This machine: the program itself, its configuration, the programs it calls, the terminal."""

__all__ = ["examine_configuration", "examine_machine", "examine_terminal"]

import os
import platform
import stat
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from core.command import Command
from core.errors import CommandNotFoundError, SptFlowError
from sptcoder.cli.terminal import is_interactive, uses_colour
from sptcoder.config import BadConfigError, config_path, legacy_path, read_document
from sptcoder.doctor.finding import Finding, fine, note, problem
from sptcoder.updates.release import is_newer, known_release
from sptcoder.version import VERSION, version_line

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_GIT_SECONDS: Final = 10.0
_RELEASES: Final = "https://github.com/spt-flow/spt-flow/releases"


def examine_machine(environment: Mapping[str, str] = os.environ) -> Iterator[Finding]:
    """Look at this program and at those it calls."""
    running = f"{version_line()}, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    newest = known_release(environment)
    if newest is not None and is_newer(newest, VERSION):
        update = f"Update available: v{VERSION} -> v{newest}"
        yield note("program", f"{running}. {update}", f"update it the way it was installed; releases: {_RELEASES}")
    else:
        yield fine("program", running)
    yield _git()


def examine_configuration(environment: Mapping[str, str] = os.environ) -> Iterator[Finding]:
    """Look at the configuration file: there, readable, nobody else's to read."""
    path, matter = config_path(environment), "configuration"
    try:
        document = read_document(environment)
    except BadConfigError as error:
        yield problem(matter, error, kind="bad-configuration")
        return
    if not document.contexts:
        yield note(matter, f"{path} is not there yet, or holds no context.", "sptcoder init", "not-signed-in")
        return
    if not path.exists():
        legacy = legacy_path(environment)
        yield note(matter, f"{legacy} is read; a file of its own comes with the next sign-in.", "sptcoder init")
        path = legacy
    else:
        count = len(document.contexts)
        words = f"{count} context{'' if count == 1 else 's'} in {path}"
        yield fine(matter, words)
    if sys.platform != "win32" and _is_open_to_others(path):
        yield problem(matter, f"{path} holds your token, and others on this machine may read it.", f"chmod 600 {path}")


def examine_terminal(environment: Mapping[str, str] = os.environ) -> Iterator[Finding]:
    """Say whether questions can be asked and colours be shown here, and why not."""
    matter = "terminal"
    if is_interactive(environment):
        yield fine(matter, "questions can be asked")
    else:
        why = "CI is set" if environment.get("CI") else "stdin or stderr is no terminal"
        yield note(matter, f"no questions are asked: {why}", "give what is needed as options", "non-interactive")
    if uses_colour(sys.stderr, environment):
        return
    because = {
        "NO_COLOR is set": bool(environment.get("NO_COLOR")),
        "TERM is dumb": environment.get("TERM") == "dumb",
        "stderr is no terminal": not sys.stderr.isatty(),
    }
    yield note(matter, f"no colours: {', '.join(why for why, holds in because.items() if holds)}", kind="no-colours")


def _git() -> Finding:
    matter = "git"
    try:
        return fine(matter, Command("git").run("--version", timeout=_GIT_SECONDS).stdout.strip())
    except CommandNotFoundError:
        return problem(
            matter,
            "git is not on PATH; 'sptcoder up' asks with it whether a repository can be read.",
            "install git, or use sptcoder up --no-check",
        )
    except SptFlowError as error:
        return problem(matter, error, "sptcoder up --no-check does without git")


def _is_open_to_others(path: Path) -> bool:
    try:
        return bool(path.stat().st_mode & _OTHERS)
    except OSError:
        return False
