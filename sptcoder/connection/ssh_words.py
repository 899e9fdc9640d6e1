"""How OpenSSH is told to reach a workspace through the `coder` program: pure, so that tables can test it."""

__all__ = ["CONNECTION_OPTIONS", "Forwarding", "proxy_command", "proxy_words", "remote_text", "sh_text", "ssh_words"]

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

_TARGET: Final = re.compile(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*/[A-Za-z0-9]+(-[A-Za-z0-9]+)*", re.ASCII)
"""`owner/name` in Coder's own alphabet, which means nothing to any shell."""

_USER: Final = "coder"
CONNECTION_OPTIONS: Final = (
    # The tunnel below is encrypted from end to end by keys the server vouches for, and agents make new host keys at
    # each start. Nothing of the user's own settings or keys is read: the workspace asks for none.
    ("StrictHostKeyChecking", "no"),
    ("UserKnownHostsFile", "/dev/null"),
    ("GlobalKnownHostsFile", "/dev/null"),
    ("PreferredAuthentications", "none"),
    ("LogLevel", "ERROR"),
    ("ServerAliveInterval", "30"),
)
"""Options of OpenSSH for every connection to a workspace."""

_IN_REPOSITORY: Final = """\
folder=${SPT_FLOW_REPOSITORIES:-}
folder=${folder%% *}
folder=${folder%/}
folder=${folder%.git}
folder=${folder##*/}
folder=${folder##*:}
if [ -n "$folder" ] && [ -d "$HOME/$folder" ]; then cd "$HOME/$folder" || exit; fi
exec "${SHELL:-/bin/sh}" -c "$1"
"""
"""Runs its argument in the folder of the first repository; named as the start script of the templates names it."""

_IN_FOLDER: Final = """\
cd "$HOME" && cd -- "$2" || exit
exec "${SHELL:-/bin/sh}" -c "$1"
"""


@dataclass(frozen=True)
class Forwarding:
    """What of this machine is lent to the workspace: the agent, and sockets as (there, here)."""

    agent: bool = False
    sockets: tuple[tuple[str, str], ...] = ()


def ssh_words(
    program: PurePath,
    target: str,
    *,
    command: str = "",
    terminal: bool = False,
    forwarding: Forwarding | None = None,
    windows: bool = False,
) -> list[str]:
    """Return the arguments of `ssh`: to the workspace `target` (owner/name), a shell or a `command` as remote text.

    With `terminal` the other side gets one; without, data passes unchanged both ways.
    """
    lent = forwarding or Forwarding()
    # A session for people begins at once; a command waits until the workspace's start has ended.
    proxy = proxy_command(program, target, wait="yes" if command else "auto", windows=windows)
    options = [("ProxyCommand", proxy), *CONNECTION_OPTIONS, ("ForwardAgent", "yes" if lent.agent else "no")]
    if lent.sockets:
        options += [("ExitOnForwardFailure", "yes")]
    words = ["-F", "none", "-l", _USER, "-t" if terminal else "-T"]
    if command and not terminal:
        words += ["-e", "none"]
    for name, value in options:
        words += ["-o", f"{name}={value}"]
    for there, here in lent.sockets:
        words += ["-R", f"{there}:{here}"]
    return [*words, "--", target.partition("/")[2], *([command] if command else ())]


def proxy_command(program: PurePath, target: str, *, wait: str, windows: bool = False) -> str:
    """Return OpenSSH's ProxyCommand, which a shell reads: its only free parts are a quoted path and a checked name."""
    if not _TARGET.fullmatch(target):
        raise ValueError(f"'{target}' is no owner/name of a workspace")
    return f"{proxy_words([str(program)], windows=windows)} ssh --stdio --wait={wait} {target}"


def proxy_words(words: Sequence[str], *, windows: bool = False) -> str:
    """Return words as a ProxyCommand has to have them: quoted for the shell that reads it, no tokens of OpenSSH."""
    quoted = " ".join(f'"{word}"' for word in words) if windows else shlex.join(words)
    return quoted.replace("%", "%%")


def remote_text(words: Sequence[str], *, folder: str | None = None) -> str:
    """Return the text that runs `words` there, in the first repository's folder or in `folder`.

    One word is read by the user's own shell there; several are passed as they are, whatever is in them. That shell
    may be any: for the text itself it only has to start `sh`.
    """
    text = words[0] if len(words) == 1 else shlex.join(words)
    script = _IN_REPOSITORY if folder is None else _IN_FOLDER
    return sh_text(script, text, *([folder] if folder is not None else ()))


def sh_text(script: str, *words: str) -> str:
    """Return the text that runs a script of POSIX shell there, with `words` as its arguments, whoever reads it."""
    return shlex.join(["exec", "sh", "-c", script, "sh", *words])
