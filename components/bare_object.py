"""Objects of kinds that the SDK has no class for, and whose fields stand beside `metadata`, not in a `spec`."""

__all__ = ["BareObject"]

from importlib.metadata import version

import pulumi

from components.manifest import Manifest


class BareObject(pulumi.CustomResource):
    """One object as its manifest says, declared to the kubernetes provider like those of the SDK's own classes."""

    def __init__(self, name: str, manifest: Manifest, opts: pulumi.ResourceOptions | None = None) -> None:
        # The provider's, as the SDK's own classes ask for it.
        asked = pulumi.ResourceOptions(version=version("pulumi-kubernetes"))
        super().__init__(
            f"kubernetes:{manifest['apiVersion']}:{manifest['kind']}",
            name,
            dict(manifest),
            pulumi.ResourceOptions.merge(opts, asked),
        )
