"""The shapes of Kubernetes names, and the labels every object of the platform carries."""

__all__ = ["LABEL_LENGTH", "is_label", "is_subdomain", "object_labels"]

import re
from typing import Final

LABEL_LENGTH: Final = 63
"""Longest DNS label: names of namespaces, containers, Services."""

_SUBDOMAIN_LENGTH: Final = 253
_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?", re.ASCII)


def is_label(text: str) -> bool:
    """Say whether the text is a DNS label (RFC 1123)."""
    return len(text) <= LABEL_LENGTH and _LABEL.fullmatch(text) is not None


def is_subdomain(text: str) -> bool:
    """Say whether the text is a DNS subdomain (RFC 1123), the shape of most object names."""
    return len(text) <= _SUBDOMAIN_LENGTH and all(_LABEL.fullmatch(part) for part in text.split("."))


def object_labels(name: str, component: str) -> dict[str, str]:
    """Return the recommended labels of an object: what it is, its role, and that it is part of the platform."""
    return {
        "app.kubernetes.io/name": name,
        "app.kubernetes.io/component": component,
        "app.kubernetes.io/part-of": "spt-flow",
        "app.kubernetes.io/managed-by": "pulumi",
    }
