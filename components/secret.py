"""Secrets as manifests."""

__all__ = ["build_secret", "to_base64"]

import base64
from collections.abc import Mapping

import pulumi

from components.manifest import Manifest, object_metadata


def build_secret(
    name: str, namespace: str, component: str, *, part: str, data: Mapping[str, pulumi.Input[str]]
) -> Manifest:
    """Return a Secret of the app `part`; the values of `data` are in base64, see `to_base64`."""
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "Opaque",
        "metadata": object_metadata(name, namespace, component, part=part),
        "data": dict(data),
    }


def to_base64(value: str) -> str:
    """Return the text as a Secret's `data` holds it."""
    return base64.b64encode(value.encode()).decode()
