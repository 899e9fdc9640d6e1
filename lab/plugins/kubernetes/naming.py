"""Names: resource IDs, and the names given to objects whose program gives none."""

__all__ = ["assign_name", "compose_id", "is_autonamed", "is_named", "keep_old_name", "parse_id", "unique_name"]

import hashlib
import secrets

from core.errors import UsageError
from lab.plugins.kubernetes.annotations import AUTONAMED, is_true
from lab.plugins.kubernetes.manifest import (
    Manifest,
    metadata_of,
    name_of,
    namespace_of,
    set_annotation,
    set_name,
)
from lab.plugins.protocol.requests import Autonaming
from lab.plugins.protocol.values import UNKNOWN


def compose_id(manifest: Manifest) -> str:
    """Return `namespace/name`, or `name` for an object without a namespace."""
    namespace = namespace_of(manifest)
    return f"{namespace}/{name_of(manifest)}" if namespace else name_of(manifest)


def parse_id(resource_id: str) -> tuple[str, str]:
    """Return (namespace, name); the namespace is "" where the ID has none. Raise UsageError for anything else."""
    parts = resource_id.split("/")
    if len(parts) > 2 or not parts[-1]:  # noqa: PLR2004 - a namespace and a name
        raise UsageError(f"The ID '{resource_id}' is not valid: a kubernetes ID is 'name' or 'namespace/name'.")
    return (parts[0], parts[1]) if len(parts) == 2 else ("", parts[0])  # noqa: PLR2004 - see above


def unique_name(prefix: str, random_seed: bytes) -> str:
    """Return `prefix` with eight hexadecimal digits, the same ones for the same non-empty seed."""
    digits = hashlib.sha256(random_seed + prefix.encode()).hexdigest() if random_seed else secrets.token_hex(8)
    return prefix + digits[:8]


def is_named(manifest: Manifest) -> bool:
    """Return whether the program names the object, be it by a value not known yet."""
    return name_of(manifest) != "" or metadata_of(manifest).get("name") is UNKNOWN


def is_autonamed(manifest: Manifest) -> bool:
    """Return whether this plugin chose the object's name."""
    return is_true(manifest, AUTONAMED)


def assign_name(manifest: Manifest, resource_name: str, random_seed: bytes, autonaming: Autonaming | None) -> None:
    """Name a new object in place, unless it is named; raise UsageError where the user switched autonaming off."""
    if is_named(manifest) or manifest.get("metadata") is UNKNOWN:
        return
    if autonaming is not None and autonaming.mode == "disable":
        raise UsageError(f"The resource '{resource_name}' has no 'metadata.name', and autonaming is disabled.")
    proposed = autonaming.proposed_name if autonaming is not None else ""
    set_name(manifest, proposed or unique_name(f"{resource_name}-", random_seed))
    set_annotation(manifest, AUTONAMED, "true")


def keep_old_name(manifest: Manifest, old: Manifest) -> None:
    """Give an unnamed object the name chosen for it before, in place."""
    if not is_named(manifest) and is_autonamed(old):
        set_name(manifest, name_of(old))
        set_annotation(manifest, AUTONAMED, "true")
