"""Which repository a user means: an address, `owner/repo`, or host and path; told from the text alone."""

__all__ = ["Repository", "parse_repository"]

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from core.errors import UsageError

_SCHEMES: Final = frozenset({"https", "http", "git"})
_SSH_SCHEMES: Final = frozenset({"ssh", "git+ssh", "ssh+git"})
_DEFAULT_PORTS: Final = {"https": 443, "http": 80, "git": 9418}
_SCP: Final = re.compile(r"(?:[A-Za-z0-9._-]+@)?(?P<host>[A-Za-z0-9.-]+):(?!//)(?P<path>[^\\]+)")
_HOST: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]")
_PART: Final = re.compile(r"[A-Za-z0-9._~+@%-]+")
"""What a part of a repository's path is made of; the templates take no more either."""

_CASELESS: Final = frozenset({"github.com", "gitlab.com", "bitbucket.org"})
"""Hosts to which o/r and O/R are one repository."""

_EXAMPLES: Final = (
    "https://github.com/example/project, example/project, git@github.com:example/project.git or ./project"
)


@dataclass(frozen=True)
class Repository:
    """A repository that a workspace can clone: `url` is the address it gets, without user and password."""

    url: str
    host: str
    """Host, with its port unless that is the usual one."""
    path: str
    """Path on the host, without a slash at its ends and without `.git`."""
    notice: str = ""
    """What the user should know of how the address was read; empty for nothing."""

    @property
    def name(self) -> str:
        """Return the last part of the path."""
        return self.path.rpartition("/")[2]

    @property
    def owner(self) -> str:
        """Return the part before it, empty if there is none."""
        return self.path.rpartition("/")[0].rpartition("/")[2]

    @property
    def canonical(self) -> str:
        """Return what is equal for all addresses of one repository."""
        host = self.host.lower()
        return f"{host}/{self.path.lower() if host in _CASELESS else self.path}"


def parse_repository(text: str, *, git_host: str = "github.com") -> Repository:
    """Return the repository that a text names; `git_host` is the host of `owner/repo`.

    Addresses for SSH become those for HTTPS: a workspace has no key of the user's, but the server's link to the host.
    Raises UsageError for anything else, without the password that may stand in it.
    """
    words = text.strip()
    if words.startswith(("/", ".", "~", "\\")):
        raise _unusable(words, "a workspace cannot reach a folder of this machine")
    scheme, separator, _ = words.partition("://")
    if separator:
        if scheme.lower() in _SSH_SCHEMES:
            return _from_ssh(words, *_split(words))
        if scheme.lower() in _SCHEMES:
            return _from_url(words)
        raise _unusable(words, f"'{scheme}' is no scheme a workspace can clone by")
    short = _SCP.fullmatch(words)
    if short is not None:
        return _from_ssh(words, short["host"], None, short["path"])
    first, slash, rest = words.partition("/")
    if slash and "." in first and "/" in rest.strip("/") and _HOST.fullmatch(first):
        return _made("https", first, None, rest, words)
    if slash:
        return _made("https", *_host_and_port(git_host), words, words)
    raise _unusable(words, "it names no owner")


def _from_url(words: str) -> Repository:
    host, port, path = _split(words)
    return _made(urlsplit(words).scheme.lower(), host, port, path, words)


def _from_ssh(words: str, host: str, _port: int | None, path: str) -> Repository:
    # The port is that of SSH, and says nothing about HTTPS.
    found = _made("https", host, None, path, words)
    notice = f"Workspaces clone over HTTPS: {found.url} is taken."
    return Repository(found.url, found.host, found.path, notice)


def _split(words: str) -> tuple[str, int | None, str]:
    try:
        parts = urlsplit(words)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _unusable(words, "it is no address") from None
    if parts.password:
        raise UsageError(
            "The address of the repository holds a password, which would be seen in the workspace's parameters; "
            "give it without, and lend your credentials instead.",
            next_command="sptcoder up REPOSITORY --lend-git-credentials",
        )
    if parts.query or parts.fragment:
        raise _unusable(words, "an address has no '?' and no '#'; a branch is given with --branch")
    return f"[{host}]" if ":" in host else host, port, parts.path


def _host_and_port(git_host: str) -> tuple[str, int | None]:
    name, colon, port = git_host.rpartition(":")
    return (name, int(port)) if colon and port.isdigit() else (git_host, None)


def _made(scheme: str, host: str, port: int | None, path: str, words: str) -> Repository:
    parts = path.strip("/").removesuffix(".git").split("/")
    if not _HOST.fullmatch(host) or ".." in host:
        raise _unusable(words, "its host is none")
    for part in parts:
        if not _PART.fullmatch(part) or part in {".", ".."} or part.startswith("-"):
            raise _unusable(words, f"'{part}' is no part of a path" if part else "its path is incomplete")
    host = host.lower() if port in {None, _DEFAULT_PORTS[scheme]} else f"{host.lower()}:{port}"
    kept = ".git" if path.strip("/").endswith(".git") else ""
    joined = "/".join(parts)
    return Repository(f"{scheme}://{host}/{joined}{kept}", host, joined)


def _unusable(words: str, why: str) -> UsageError:
    shown = re.sub(r"//[^/@]*@", "//<user>@", " ".join(words.split()))
    return UsageError(f"'{shown}' is no repository: {why}; expected is something like {_EXAMPLES}.")
