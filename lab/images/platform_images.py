"""The images of the platform itself: large, and imported only into a lab that is to run the platform."""

__all__ = ["platform_images"]

from lab.images.coder_images import coder_image_specs
from lab.images.debian_images import debian_image_specs
from lab.images.pushgateway_image import pushgateway_image_specs
from lab.images.stored import NodeImage, stored_images
from lab.toolchain import Toolchain


def platform_images(toolchain: Toolchain) -> list[NodeImage]:
    """Return every platform image, writing the archives that are missing or out of date.

    Raises SptFlowError when a file they are made of is missing.
    """
    specs = {**coder_image_specs(toolchain), **debian_image_specs(toolchain), **pushgateway_image_specs(toolchain)}
    return stored_images(specs, toolchain.images)
