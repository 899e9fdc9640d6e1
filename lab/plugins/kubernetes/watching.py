"""Following one object: its state now, then every change, over as many watch requests as it takes."""

__all__ = ["watch_object"]

import json
from collections.abc import AsyncGenerator
from typing import Any

import httpx

from lab.plugins.kubernetes.api_errors import ApiError
from lab.plugins.kubernetes.connection import Connection
from lab.plugins.kubernetes.manifest import Manifest, kind_of, name_of

_WATCH_SECONDS = "300"
_GONE = 410


async def watch_object(
    connection: Connection, collection: str, manifest: Manifest
) -> AsyncGenerator[Manifest | None, None]:
    """Yield the object of `manifest`'s name in `collection` (a URL path) now and after every change; None: it is gone.

    Never ends by itself: a watch that ends is begun again.
    """
    subject = f"{kind_of(manifest)} '{name_of(manifest)}'"
    selector = {"fieldSelector": f"metadata.name={name_of(manifest)}"}
    while True:
        listed = await connection.request("GET", collection, subject=subject, params=selector)
        items = listed.get("items") or []
        yield {"apiVersion": manifest["apiVersion"], "kind": manifest["kind"], **items[0]} if items else None
        version = str(listed.get("metadata", {}).get("resourceVersion", ""))
        params = {**selector, "watch": "1", "resourceVersion": version, "timeoutSeconds": _WATCH_SECONDS}
        try:
            async with connection.stream(collection, params, subject) as lines:
                async for line in lines:
                    event: dict[str, Any] = json.loads(line) if line else {}
                    if event.get("type") in {"ADDED", "MODIFIED"}:
                        yield event["object"]
                    elif event.get("type") == "DELETED":
                        yield None
                    elif event.get("type") == "ERROR":
                        break  # the server no longer knows that version: begin again from the present
        except httpx.HTTPError:
            continue  # the connection broke; the list request above has the retries
        except ApiError as error:
            if error.status != _GONE:
                raise
