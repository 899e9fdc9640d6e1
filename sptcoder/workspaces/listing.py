"""The workspaces a user sees, in an order that does not change by itself."""

__all__ = ["list_workspaces"]

from sptcoder.api.client import CoderClient
from sptcoder.workspaces.summary import WorkspaceSummary, summarise


def list_workspaces(client: CoderClient, *, everybody: bool = False) -> tuple[WorkspaceSummary, ...]:
    """Return the user's own workspaces, or everybody's as far as the user may see them, sorted by owner and name."""
    found = client.workspaces.list("" if everybody else 'owner:"me"')
    return tuple(
        sorted((summarise(one, client.url) for one in found), key=lambda summary: (summary.owner, summary.name))
    )
