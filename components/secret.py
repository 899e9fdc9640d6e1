"""Secrets as manifests."""

__all__ = ["SecretKey", "build_secret", "to_base64"]

import base64
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from components.manifest import Manifest, object_metadata


@dataclass(frozen=True)
class SecretKey:
    """Where a pod finds a secret: the name of a Secret, and a key in it."""

    name: str
    key: str


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
