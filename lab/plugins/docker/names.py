"""Names of images and registries, as a push needs them."""

__all__ = ["registry_host", "repository_of"]

from typing import Final

from core.errors import SptFlowError
from core.image_reference import ImageReference, ImageReferenceError

_DOCKER_HUB: Final = frozenset({"docker.io", "index.docker.io", "registry-1.docker.io"})
_DOCKER_HUB_ACCOUNT: Final = "https://index.docker.io/v1/"
"""The name under which Docker's own registry keeps its credentials."""


def registry_host(server: str | None, image: str) -> str:
    """Return the host, with port, whose credentials an image is pushed with: the server given, or the image's.

    Raise SptFlowError when no server is given and the image's name does not begin with one.
    """
    host = _host_of(server) if server else _parse(image, complete=True).registry
    return _DOCKER_HUB_ACCOUNT if host in _DOCKER_HUB else host


def repository_of(image: str) -> str:
    """Return the name without tag and digest, registry included; raise SptFlowError if it is no image's name."""
    found = _parse(image, complete=False)
    return f"{found.registry}/{found.repository}"


def _host_of(server: str) -> str:
    """Cut the scheme and the path off an address."""
    return server.removeprefix("http://").removeprefix("https://").partition("/")[0]


def _parse(image: str, *, complete: bool) -> ImageReference:
    try:
        found = ImageReference.parse(image)
    except ImageReferenceError as problem:
        raise SptFlowError(f"'{image}' is no name of an image: {problem}.") from None
    if complete and str(found) != image:
        raise SptFlowError(
            f"The name '{image}' of an image must begin with its registry, for example 'docker.io/owner/name:tag'."
        )
    return found
