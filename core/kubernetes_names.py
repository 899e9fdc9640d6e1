"""The shapes of Kubernetes names, and the labels every object of the platform carries."""

__all__ = [
    "LABEL_LENGTH",
    "is_label",
    "is_label_value",
    "is_path_segment",
    "is_qualified_name",
    "is_service_name",
    "is_subdomain",
    "object_labels",
]

import re
from typing import Final

LABEL_LENGTH: Final = 63
"""Longest DNS label: names of namespaces, containers, Services."""

_SUBDOMAIN_LENGTH: Final = 253
_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?", re.ASCII)
_WORD: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?", re.ASCII)


def is_label(text: str) -> bool:
    """Say whether the text is a DNS label (RFC 1123)."""
    return len(text) <= LABEL_LENGTH and _LABEL.fullmatch(text) is not None


def is_subdomain(text: str) -> bool:
    """Say whether the text is a DNS subdomain (RFC 1123), the shape of most object names."""
    return len(text) <= _SUBDOMAIN_LENGTH and all(_LABEL.fullmatch(part) for part in text.split("."))


def is_service_name(text: str) -> bool:
    """Say whether the text is a DNS label that begins with a letter (RFC 1035): what names of Services are."""
    return is_label(text) and text[0].isalpha()


def is_path_segment(text: str) -> bool:
    """Say whether the text can be one segment of a URL's path: what names of roles and bindings are."""
    return 0 < len(text) <= _SUBDOMAIN_LENGTH and text not in {".", ".."} and "/" not in text and "%" not in text


def is_label_value(text: str) -> bool:
    """Say whether the text may be a label's value; it may be empty."""
    return text == "" or (len(text) <= LABEL_LENGTH and _WORD.fullmatch(text) is not None)


def is_qualified_name(text: str) -> bool:
    """Say whether the text may be the key of a label or an annotation: a name, after a DNS subdomain and "/" or not."""
    prefix, slash, name = text.rpartition("/")
    return name != "" and is_label_value(name) and (not slash or is_subdomain(prefix))


def object_labels(name: str, component: str) -> dict[str, str]:
    """Return the recommended labels of an object: what it is, its role, and that it is part of the platform."""
    return {
        "app.kubernetes.io/name": name,
        "app.kubernetes.io/component": component,
        "app.kubernetes.io/part-of": "spt-flow",
        "app.kubernetes.io/managed-by": "pulumi",
    }
