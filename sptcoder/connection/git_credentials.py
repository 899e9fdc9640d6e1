"""The git credentials of this machine: what `gh` or git's own credential helper knows of a host."""

__all__ = ["GitCredential", "find_credential", "hosts_to_lend"]

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import SecretStr

from core.command import Command
from core.errors import CommandNotFoundError, CommandTimeoutError, SptFlowError

_SECONDS: Final = 20.0
_TOKEN_USER: Final = "x-access-token"  # noqa: S105 - a user name
"""The user name GitHub takes a token under."""

_NEVER_ASK: Final = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "",
    "GCM_INTERACTIVE": "never",
    "GH_PROMPT_DISABLED": "1",
    "GH_NO_UPDATE_NOTIFIER": "1",
}
_HTTPS: Final = re.compile(
    r"https://(?:[^/?#@]*@)?(?P<host>[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?)(?:[/?#]|\Z)"
)
_LINE_ENDS: Final = ("\n", "\r", "\0")


@dataclass(frozen=True)
class GitCredential:
    """A user name and a password or token for https to a host; `source` is the program that gave it."""

    host: str
    username: str
    password: SecretStr
    source: str

    def text(self) -> str:
        """Return it in git's credential format, for a pipe and nothing else."""
        return f"{self.description()}username={self.username}\npassword={self.password.get_secret_value()}\n"

    def description(self) -> str:
        """Return, in the same format, what it is for."""
        return f"protocol=https\nhost={self.host}\n"


def hosts_to_lend(addresses: Iterable[str]) -> tuple[str, ...]:
    """Return the hosts (with their ports) of those repositories that are read over https, each once, in order."""
    found = [_HTTPS.match(address) for address in addresses]
    return tuple(dict.fromkeys(match["host"].lower() for match in found if match is not None))


def find_credential(host: str, *, environment: Mapping[str, str] | None = None) -> GitCredential:
    """Return what this machine knows of a host: `gh auth token`, else `git credential fill`; nobody is asked anything.

    Raises SptFlowError if neither knows it.
    """
    settings = {**_NEVER_ASK, **(environment or {})}
    found = _of_gh(host, settings) or _of_git(host, settings)
    if found is None:
        raise SptFlowError(
            f"This machine has no git credentials for {host}: neither 'gh auth token' nor git's credential helper "
            "knows any.",
            next_command=f"gh auth login --hostname {host}",
        )
    return found


def _of_gh(host: str, environment: Mapping[str, str]) -> GitCredential | None:
    token = _said("gh", ("auth", "token", "--hostname", host), environment).strip()
    return GitCredential(host, _TOKEN_USER, SecretStr(token), "gh") if token and _is_one_line(token) else None


def _of_git(host: str, environment: Mapping[str, str]) -> GitCredential | None:
    said = _said("git", ("credential", "fill"), environment, stdin=f"protocol=https\nhost={host}\n\n")
    fields = dict(line.partition("=")[::2] for line in said.splitlines())
    username, password = fields.get("username", ""), fields.get("password", "")
    return GitCredential(host, username, SecretStr(password), "git") if username and password else None


def _said(program: str, words: tuple[str, ...], environment: Mapping[str, str], *, stdin: str | None = None) -> str:
    try:
        done = Command(program, env=environment).run(*words, stdin=stdin, timeout=_SECONDS, check=False)
    except (CommandNotFoundError, CommandTimeoutError):
        return ""
    return done.stdout if done.returncode == 0 else ""


def _is_one_line(text: str) -> bool:
    return not any(end in text for end in _LINE_ENDS)
