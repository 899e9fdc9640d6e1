"""Plain Kubernetes objects as resources that rules look at."""

__all__ = ["is_manifest", "manifest_resource"]

from collections.abc import Mapping
from typing import Any

from policies.judging import known_resource
from policies.resource import Resource


def is_manifest(body: object) -> bool:
    """Say whether something looks like a Kubernetes object, or a list of such."""
    return isinstance(body, Mapping) and isinstance(body.get("apiVersion"), str) and isinstance(body.get("kind"), str)


def manifest_resource(body: Mapping[str, Any], *, name: str = "", origin: str = "") -> Resource | None:
    """Return an object as the resource that Pulumi would make of it, None for what is no object.

    `name` is used where the object has none.
    """
    if not is_manifest(body):
        return None
    api_version, kind = str(body["apiVersion"]), str(body["kind"])
    group = api_version if "/" in api_version else f"core/{api_version}"
    metadata = body.get("metadata")
    own_name = metadata.get("name") if isinstance(metadata, Mapping) else None
    return Resource(
        type=f"kubernetes:{group}:{kind}",
        name=own_name if isinstance(own_name, str) else name or kind,
        properties=known_resource(body),
        options_known=False,
        origin=origin,
    )
