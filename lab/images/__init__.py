"""OCI images written from files of this machine, and the ones a lab's node needs."""

from lab.images.node_images import NodeImage, node_images

__all__ = ["NodeImage", "node_images"]
