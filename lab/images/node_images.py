"""The images that every lab's node needs."""

__all__ = ["node_images"]

from lab.images.definitions import image_specs
from lab.images.stored import NodeImage, stored_images
from lab.toolchain import Toolchain


def node_images(toolchain: Toolchain) -> list[NodeImage]:
    """Return every node image, writing the archives that are missing or out of date."""
    return stored_images(image_specs(toolchain), toolchain.images)
