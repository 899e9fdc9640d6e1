"""Names for completion: of contexts, out of the configuration; of workspaces, asked of the server."""

__all__ = ["context_names", "workspace_names"]

import threading
from typing import Final

_PATIENCE: Final = 2.0
"""Seconds after which a server is left out: somebody has pressed a key and waits."""


def context_names() -> list[tuple[str, str]]:
    """Return name and address of each context."""
    from sptcoder.config import read_document  # noqa: PLC0415 - most completions do without

    return [(context.name, context.url) for context in read_document().contexts]


def workspace_names(context: str | None) -> list[tuple[str, str]]:
    """Return name and state of each of the user's workspaces; none if the server does not answer at once."""
    found: list[tuple[str, str]] = []
    # Waited for no longer than the patience; what is still on its way then ends with this process.
    asking = threading.Thread(target=_ask, args=(context, found), daemon=True)
    asking.start()
    asking.join(_PATIENCE)
    return list(found)


def _ask(context: str | None, found: list[tuple[str, str]]) -> None:
    from core.errors import SptFlowError  # noqa: PLC0415 - as above
    from sptcoder.session import open_session  # noqa: PLC0415 - as above

    try:
        with open_session(context) as session:
            workspaces = session.client.workspaces.list("owner:me")
            found.extend((workspace.name, workspace.latest_build.status) for workspace in workspaces)
    except SptFlowError:
        return
