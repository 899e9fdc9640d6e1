from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx

from jobs.reaper.inventory import Inventory
from sptcoder.api import CoderClient, RetryPolicy

Handler = Callable[[httpx.Request], httpx.Response]


def workspace_json(number: int, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of a JSON object
    """Return a workspace as Coder writes it."""
    return {
        "id": str(UUID(int=number)),
        "name": f"ci-{number}",
        "owner_id": str(UUID(int=1000)),
        "owner_name": "spt-ci",
        "template_id": str(UUID(int=2000)),
        "template_name": "spt-flow-ci",
        "created_at": "2026-11-21T10:00:00.5Z",
        "ttl_ms": 1800000,
        "latest_build": {
            "id": str(UUID(int=3000 + number)),
            "transition": "start",
            "status": "running",
            "job": {"id": str(UUID(int=4000 + number)), "status": "succeeded"},
        },
        **changes,
    }


def answer(status: int, body: object) -> httpx.Response:
    """Return an answer as a Coder server gives it."""
    return httpx.Response(status, json=body, headers={"X-Coder-Build-Version": "v2.26.5"})


def inventory(handler: Handler) -> Inventory:
    """Return an inventory whose requests `handler` answers."""
    retry = RetryPolicy(budget=0.0, sleep=lambda _: None)
    return Inventory(
        CoderClient("http://coder.test", "canary-of-a-token", retry=retry, transport=httpx.MockTransport(handler))
    )
