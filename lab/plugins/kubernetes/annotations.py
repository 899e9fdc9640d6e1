"""The annotations by which a program steers this plugin; the names are the official plugin's."""

__all__ = [
    "AUTONAMED",
    "DELETION_PROPAGATION",
    "LAST_APPLIED",
    "PATCH_FIELD_MANAGER",
    "PATCH_FORCE",
    "REPLACE_UNREADY",
    "SKIP_AWAIT",
    "TIMEOUT_SECONDS",
    "WAIT_FOR",
    "deletion_propagation",
    "is_true",
    "timeout_seconds",
]

from typing import Literal

from lab.plugins.kubernetes.manifest import Manifest, annotation

AUTONAMED = "pulumi.com/autonamed"
DELETION_PROPAGATION = "pulumi.com/deletionPropagationPolicy"
PATCH_FIELD_MANAGER = "pulumi.com/patchFieldManager"
PATCH_FORCE = "pulumi.com/patchForce"
REPLACE_UNREADY = "pulumi.com/replaceUnready"
SKIP_AWAIT = "pulumi.com/skipAwait"
TIMEOUT_SECONDS = "pulumi.com/timeoutSeconds"
WAIT_FOR = "pulumi.com/waitFor"
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def is_true(manifest: Manifest, key: str) -> bool:
    """Return whether the annotation is "true"."""
    return annotation(manifest, key) == "true"


def timeout_seconds(requested: float, manifest: Manifest, default: float) -> float:
    """Return how long to wait: the resource option, else the annotation, else `default`; in seconds."""
    if requested > 0:
        return requested
    written = annotation(manifest, TIMEOUT_SECONDS)
    return float(written) if written.isascii() and written.isdigit() and int(written) > 0 else default


def deletion_propagation(manifest: Manifest) -> Literal["Orphan", "Background", "Foreground"]:
    """Return how the API server treats dependents when the object is deleted."""
    match annotation(manifest, DELETION_PROPAGATION).lower():
        case "orphan":
            return "Orphan"
        case "background":
            return "Background"
        case _:
            return "Foreground"
