"""Which workspace a name means: `name` is one of the user's own, `owner/name` anybody's the user may see."""

__all__ = ["NoWorkspaceError", "find_workspace", "split_name"]

import difflib
import re
from collections.abc import Iterable
from typing import Final

from core.errors import SptFlowError, UsageError
from sptcoder.api.client import CoderClient
from sptcoder.api.models.workspace import Workspace

_OWN: Final = "me"
_NAME: Final = re.compile(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*", re.ASCII)
"""What names of users and workspaces are made of in Coder: nothing that could end a path or a query."""

_MOST_CHARACTERS: Final = 32
_GUESSES: Final = 3


class NoWorkspaceError(SptFlowError):
    """The user has no workspace of this name."""


def split_name(words: str) -> tuple[str, str]:
    """Return owner and name of `name` (owner `me`) or `owner/name`; raise UsageError for what is no name."""
    owner, slash, name = words.rpartition("/")
    if not slash:
        owner = _OWN
    if not (_NAME.fullmatch(owner) and _NAME.fullmatch(name)) or max(len(owner), len(name)) > _MOST_CHARACTERS:
        raise UsageError(
            f"'{words}' is no name of a workspace; allowed are NAME and OWNER/NAME, each up to {_MOST_CHARACTERS} "
            "letters, digits and hyphens.",
            next_command="sptcoder list",
        )
    return owner, name


def find_workspace(client: CoderClient, words: str) -> Workspace:
    """Return the workspace that `words` mean; raise NoWorkspaceError, with the nearest names, if there is none."""
    owner, name = split_name(words)
    found = client.workspaces.find(name, owner=owner)
    if found is not None:
        return found
    others = [workspace.name for workspace in client.workspaces.list(f'owner:"{owner}"')]
    whose = "You have" if owner == _OWN else f"{owner} has"
    raise NoWorkspaceError(
        f"{whose} no workspace '{name}'{_instead(name, others)}.",
        next_command="sptcoder list" if owner == _OWN else "sptcoder list --all",
    )


def _instead(name: str, others: Iterable[str]) -> str:
    known = sorted(others)
    close = difflib.get_close_matches(name, known, n=_GUESSES)
    if close:
        return f"; near it are {', '.join(close)}" if len(close) > 1 else f"; near it is {close[0]}"
    return "" if known else ", and no other either"
