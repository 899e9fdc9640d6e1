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
        there = identity_of(client.builds.parameters(found.latest_build.id))
        if there == identity:
            return Place(name, found)
        holder = holder or f"'{name}' is the workspace of {there or 'no repository'}"
    raise NameTakenError(
        f"There is no name left for a workspace of {identity}: {holder}.",
        next_command="the same command with another --name NAME",
    )
