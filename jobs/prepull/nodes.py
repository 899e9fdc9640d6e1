"""The nodes of the cluster, as they report themselves."""

__all__ = ["list_nodes"]

import asyncio
import os
import ssl
from typing import Any, Final

import httpx
import kr8s
import kr8s.asyncio
from kr8s.asyncio.objects import Node

from core.errors import SptFlowError
from jobs.prepull.decision import NodeView
from jobs.prepull.node_view import node_view

_TIMEOUT_SECONDS: Final = 30.0
# kr8s raises ValueError where it finds neither a kubeconfig nor a service account.
_FAILURES: Final = (
    kr8s.ServerError,
    kr8s.APITimeoutError,
    httpx.HTTPError,
    ssl.SSLError,
    OSError,
    ValueError,
)


def list_nodes() -> list[NodeView]:
    """Return every node there is; raise SptFlowError unless all could be read.

    Where the API is, is found as every client finds it: KUBECONFIG, else the pod's service account.
    """
    try:
        return [node_view(manifest) for manifest in asyncio.run(_manifests())]
    except _FAILURES as error:
        words = str(error).rstrip(".") or type(error).__name__
        raise SptFlowError(f"The nodes could not be listed: {words}.", next_command="kubectl get nodes") from None


async def _manifests() -> list[dict[str, Any]]:
    api = await kr8s.asyncio.api(kubeconfig=os.environ.get("KUBECONFIG") or None)
    api.timeout = _TIMEOUT_SECONDS
    return [manifest async for manifest in api.get(Node, raw=True) if isinstance(manifest, dict)]
