"""The arguments of what keeps the workspace image on the nodes, out of the stack's settings."""

__all__ = ["declare_prepull", "prepull_args"]

import pulumi

from components.network_flows import SYSTEM
from components.prepull import Prepull, PrepullArgs
from components.pushgateway_manifests import pushgateway_url
from core.errors import UsageError
from core.image_reference import ImageReference
from settings import Settings


def declare_prepull(settings: Settings, image: pulumi.Input[str], opts: pulumi.ResourceOptions) -> None:
    """Keep `image` on the nodes if the stack's settings say so."""
    args = prepull_args(settings, image)
    if args is not None:
        Prepull("prepull", args, opts)


def prepull_args(settings: Settings, image: pulumi.Input[str]) -> PrepullArgs | None:
    """Return the arguments, None if nothing is kept.

    Raise UsageError for an image that is a text without a digest. One that the stack builds is known by its digest.
    """
    prepull = settings.prepull
    if not prepull.workspace_prepull:
        return None
    if isinstance(image, str) and ImageReference.parse(image).digest is None:
        raise UsageError(
            f"The setting workspacePrepull is on, and the workspace image {image} has no digest; by its tag nobody "
            "could tell what a node has.",
            next_command=f"make images-lock STACK={settings.stack}",
        )
    args: PrepullArgs = {
        "namespace": SYSTEM,
        "image": image,
        "node_selector": dict(prepull.prepull_node_selector),
        "tolerations": prepull.prepull_tolerations,
        "check_image": str(settings.reaper.platform_tools_image),
        "schedule": prepull.prepull_schedule,
        "wait_minutes": prepull.prepull_wait_minutes,
    }
    if url := pushgateway_url(settings):
        args["pushgateway_url"] = url
    return args
