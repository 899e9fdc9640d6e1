"""OCI images written from files of this machine: the ones a lab's node needs, and the platform's."""

from lab.images.debian_layers import ensure_debian_layers
from lab.images.node_images import node_images
from lab.images.platform_images import platform_images
from lab.images.stored import NodeImage

__all__ = ["NodeImage", "ensure_debian_layers", "node_images", "platform_images"]
