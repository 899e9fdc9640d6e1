"""Whether anybody can read a repository: asked of its host, without any login of this machine."""

__all__ = ["Answer", "RemoteAnswer", "ask_remote"]

import tempfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from core.command import Command
from core.errors import CommandNotFoundError, CommandTimeoutError

_ANONYMOUS: Final = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "",
    "SSH_ASKPASS": "",
    "GCM_INTERACTIVE": "never",
    "GIT_SSH_COMMAND": "ssh -oBatchMode=yes",
    "LC_ALL": "C",
}
"""Nobody is asked anything."""

_NO_HELPER: Final = ("-c", "credential.helper=", "-c", "core.askPass=")
_REFUSALS: Final = (
    "authentication failed",
    "could not read username",
    "could not read password",
    "terminal prompts disabled",
    "repository not found",
    "returned error: 401",
    "returned error: 403",
    "returned error: 404",
    "not found",
    "access denied",
    "permission denied",
)
"""Words of git and of hosts: some say "not found" of what a stranger may not see."""


class Answer(StrEnum):
    """What came of asking."""

    READABLE = "readable"
    NO_BRANCH = "no branch"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    NOT_ASKED = "not asked"


@dataclass(frozen=True)
class RemoteAnswer:
    """An answer, and the host's or git's own words for it."""

    answer: Answer
    words: str = ""


def ask_remote(url: str, branch: str | None = None, *, seconds: float = 15.0) -> RemoteAnswer:
    """Ask the host of `url` for the repository's branches as a stranger; `seconds` is the longest that may take.

    The machine's proxies and certificates count, its logins do not: a workspace has none of them.
    """
    # Outside of any checkout, whose settings may hold a login: those of a pipeline do.
    outside = Path(tempfile.gettempdir())
    git = Command("git", env={**_ANONYMOUS, "GIT_CEILING_DIRECTORIES": str(outside.parent)}, cwd=outside)
    # The address itself, not what the user's own rules make of it: the longest match wins.
    as_it_is = ("-c", f"url.{url}.insteadOf={url}")
    wanted = ["HEAD"] if branch is None else ["HEAD", f"refs/heads/{branch}"]
    try:
        done = git.run(*_NO_HELPER, *as_it_is, "ls-remote", "--quiet", "--", url, *wanted, check=False, timeout=seconds)
    except CommandNotFoundError:
        return RemoteAnswer(Answer.NOT_ASKED, "git is not installed here")
    except CommandTimeoutError:
        return RemoteAnswer(Answer.UNREACHABLE, f"no answer within {seconds:g} s")
    if done.returncode == 0:
        found = {line.partition("\t")[2] for line in done.stdout.splitlines()}
        # A repository without any commit has no branch to miss.
        missing = branch is not None and found and f"refs/heads/{branch}" not in found
        return RemoteAnswer(Answer.NO_BRANCH if missing else Answer.READABLE)
    words = _words(done.stderr)
    refused = any(word in done.stderr.lower() for word in _REFUSALS)
    return RemoteAnswer(Answer.REFUSED if refused else Answer.UNREACHABLE, words)


def _words(text: str) -> str:
    """Return what git says of its failure, from the first fatal word on, in one line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    begin = next((index for index, line in enumerate(lines) if line.startswith(("fatal:", "ERROR"))), 0)
    return " ".join(lines[begin:]).removeprefix("fatal: ").rstrip(".") or "git gives no reason"
