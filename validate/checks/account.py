"""The user of the image: who it is, what it owns, what it may do, and its shell."""

__all__ = ["HOME", "KVM_GROUP", "SUDO", "USER", "ZSH"]

import grp
import itertools
import os
import pty
import pwd
import re
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from core.command import Command
from core.errors import CommandNotFoundError
from validate.check import Check, Workbench, first_line
from validate.outcome import CheckFailedError

_UID: Final = 1000
_NAME: Final = "coder"
_PAM: Final = Path("/etc/pam.d/sudo")
_LOGGED: Final = re.compile(r"^account\s+required\s+pam_exec\.so\b.*/sudo-log$", re.MULTILINE)
_SHOWN: Final = 3
_MOST: Final = 300_000
"""A home grows without end, and the check does not."""


def _identify(bench: Workbench) -> str:
    del bench
    try:
        entry = pwd.getpwuid(_UID)
    except KeyError:
        raise CheckFailedError(f"There is no user with uid {_UID}.") from None
    if entry.pw_name != _NAME:
        raise CheckFailedError(f"The user with uid {_UID} is {entry.pw_name}, not {_NAME}.")
    if os.getuid() != _UID:
        raise CheckFailedError(f"This runs as uid {os.getuid()}, not as {_NAME} with uid {_UID}.")
    return f"This runs as {_NAME} with uid {_UID}, home {entry.pw_dir}."


def _look_at_home(bench: Workbench) -> str:
    owner = bench.home.stat().st_uid
    # A volume's top belongs to whom its class says; that the user may write there is what counts.
    if owner != _UID and not os.access(bench.home, os.W_OK | os.X_OK):
        raise CheckFailedError(f"{bench.home} belongs to uid {owner} and cannot be written to.")
    foreign, seen = [], 0
    for path in itertools.islice(_below(bench.home), _MOST):
        seen += 1
        with suppress(FileNotFoundError):
            if path.lstat().st_uid != _UID:
                foreign.append(str(path))
    if foreign:
        raise CheckFailedError(f"{len(foreign)} of {seen} belong to somebody else, such as {_few(foreign)}.")
    return f"All {seen} files and folders in {bench.home} belong to uid {_UID}."


def _below(home: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(home):
        # A volume's own, made with its file system.
        folders[:] = [name for name in folders if name != "lost+found"]
        yield from (Path(folder, name) for name in (*folders, *files))


def _be_root(bench: Workbench) -> str:
    """Run a command with a word of its own, by which the line can be found in the pod's log."""
    word = f"spt-validate-{secrets.token_hex(4)}"
    uid = bench.run("sudo", "-n", "id", "-u").stdout.strip()
    if uid != "0":
        raise CheckFailedError(f"By sudo the uid is {uid}, not 0.")
    bench.run("sudo", "-n", "/bin/echo", word)
    if not _LOGGED.search(_PAM.read_text(encoding="utf-8") if _PAM.exists() else ""):
        raise CheckFailedError(f"sudo works without a password, but nothing in {_PAM} logs it.")
    return f"sudo works without a password; the container's log has the command 'echo {word}'."


def _be_in_group(bench: Workbench) -> str:
    del bench
    try:
        members = grp.getgrnam("kvm").gr_mem
    except KeyError:
        raise CheckFailedError("There is no group kvm.") from None
    if _NAME not in members:
        raise CheckFailedError(f"{_NAME} is not in the group kvm, whose members are: {', '.join(members) or 'nobody'}.")
    return f"{_NAME} is a member of the group kvm."


def _start_shell(bench: Workbench) -> str:
    """Start it as a terminal does, with the user's own settings: what it says beside the answer is a complaint."""
    program = bench.command("zsh", env={"HOME": str(bench.home), "TERM": "xterm-256color", "ZDOTDIR": ""})
    environment = {name: value for name, value in program.environment().items() if name != "ZDOTDIR"}
    version = first_line(bench.run("zsh", "--version").stdout)
    told = "print -r -- prompt=${#PROMPT} aliases=${#aliases}"
    terminal, side = pty.openpty()
    try:
        done = subprocess.run(
            [_located(program), "-i", "-c", told],
            env=environment, cwd=bench.home, stdin=side, capture_output=True, text=True, check=False,
        )  # fmt: skip
    finally:
        os.close(side)
        os.close(terminal)
    if done.returncode != 0 or done.stderr.strip():
        complaint = first_line(done.stderr) or f"exit code {done.returncode}"
        raise CheckFailedError(f"An interactive zsh does not start clean: {complaint}")
    lines = done.stdout.splitlines()
    if len(lines) != 1 or not lines[0].startswith("prompt="):
        raise CheckFailedError(f"An interactive zsh prints more than it is asked for: {first_line(done.stdout)}")
    prompt, aliases = (int(part.partition("=")[2]) for part in lines[0].split())
    if not prompt or not aliases:
        raise CheckFailedError(f"zsh starts with a prompt of {prompt} characters and {aliases} aliases.")
    return f"{version} started clean, with a prompt and {aliases} aliases."


def _located(program: Command) -> str:
    try:
        return program.locate()
    except CommandNotFoundError:
        raise CheckFailedError("'zsh' is not on PATH.") from None


def _few(paths: list[str]) -> str:
    return ", ".join(sorted(paths)[:_SHOWN])


USER = Check("user", "this runs as coder, uid 1000", _identify)
HOME = Check("home", "files in the home belong to uid 1000", _look_at_home, seconds=60)
SUDO = Check("sudo", "sudo without a password, logged", _be_root, tools=("sudo",))
KVM_GROUP = Check("kvm-group", "coder is in the group kvm", _be_in_group)
ZSH = Check("zsh", "an interactive zsh starts clean", _start_shell, tools=("zsh",))
