"""Volume claims as manifests."""

__all__ = ["build_volume_claim"]

import pulumi

from components.manifest import Manifest, object_metadata


def build_volume_claim(
    name: str,
    namespace: str,
    component: str,
    *,
    part: str,
    storage: pulumi.Input[str],
    storage_class: pulumi.Input[str] | None,
) -> Manifest:
    """Return a claim of the app `part`; without a storage class the cluster's default is taken."""
    metadata = object_metadata(name, namespace, component, part=part)
    # A class may bind at first use only; what waits for its pod proves the binding either way.
    metadata["annotations"] = {"pulumi.com/skipAwait": "true"}
    chosen = {} if storage_class is None else {"storageClassName": storage_class}
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": metadata,
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": storage}}, **chosen},
    }
