"""What a workspace has in the cluster, found by its label."""

__all__ = ["traces_of", "wait_until_gone"]

import json
import time
from typing import Final

from core.command import Command
from core.errors import SptFlowError

_KINDS: Final = "deployments,pods,persistentvolumeclaims,secrets"
_LABEL: Final = "com.coder.workspace.id"
_PAUSE: Final = 0.5
_SECONDS: Final = 90.0


def traces_of(kubectl: Command, workspace_id: str, *, namespace: str = "coder-workspace") -> tuple[str, ...]:
    """Return what is there of a workspace, such as "Deployment coder-1a2b"."""
    listing = kubectl.run("-n", namespace, "get", _KINDS, "-l", f"{_LABEL}={workspace_id}", "-o", "json", timeout=30)
    return tuple(f"{item['kind']} {item['metadata']['name']}" for item in json.loads(listing.stdout)["items"])


def wait_until_gone(kubectl: Command, workspace_id: str, *, timeout: float = _SECONDS) -> None:
    """Return when nothing of a workspace is left; raise SptFlowError that names what still is after `timeout` s.

    A pod outlives the deletion of its Deployment by the time its processes need to end, and its volume outlives it.
    """
    end = time.monotonic() + timeout
    while left := traces_of(kubectl, workspace_id):
        if time.monotonic() >= end:
            raise SptFlowError(
                f"The workspace is deleted, but {timeout:g} s later the cluster still has {', '.join(left)}.",
                next_command="kubectl -n coder-workspace get events",
            )
        time.sleep(_PAUSE)
