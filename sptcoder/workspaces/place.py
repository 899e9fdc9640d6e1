"""The name a repository's workspace has, and the workspace, if it is there already."""

__all__ = ["NameTakenError", "Place", "find_place"]

from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import SptFlowError
from sptcoder.api.client import CoderClient
from sptcoder.api.models.workspace import Workspace
from sptcoder.workspaces.identity import WorkspaceIdentity, identity_of


class NameTakenError(SptFlowError):
    """Every name the workspace could have is another one's."""


@dataclass(frozen=True)
class Place:
    """A name, and the workspace that has it; None if it is free."""

    name: str
    workspace: Workspace | None = None


def find_place(client: CoderClient, names: Sequence[str], identity: WorkspaceIdentity) -> Place:
    """Return the first of the names that is free or has the workspace of this repository and branch.

    Raises NameTakenError if all are taken by others.
    """
    holder = ""
    for name in names:
        found = client.workspaces.find(name)
        if found is None:
            return Place(name)
        there = _identity(client, found)
        if there == identity:
            return Place(name, found)
        holder = holder or f"'{name}' is the workspace of {there or 'no repository'}"
    raise NameTakenError(
        f"There is no name left for a workspace of {identity}: {holder}.",
        next_command="the same command with another --name NAME",
    )


def _identity(client: CoderClient, workspace: Workspace) -> WorkspaceIdentity | None:
    latest = workspace.latest_build
    found = identity_of(client.builds.parameters(latest.id))
    if found is None and latest.transition == "delete" and latest.build_number > 1:
        # Newer servers give a deletion no parameters: those of the build before it count.
        before = client.workspaces.numbered_build(workspace.owner_name, workspace.name, latest.build_number - 1)
        found = identity_of(client.builds.parameters(before.id))
    return found
