"""Pushing an image under the tag of its commit; the digest that comes of it is its name from then on."""

__all__ = ["commit_tag", "push_image", "repository_of"]

import os
import re
from typing import Final

from ci.registry_login import RegistryLogin, docker_configuration
from core.command import Command
from core.errors import SptFlowError, UsageError
from core.image_reference import ImageReference, ImageReferenceError

_SECONDS: Final = 60 * 60.0
_DIGEST: Final = re.compile(r"digest: (sha256:[0-9a-f]{64})")


def repository_of(name: str) -> ImageReference:
    """Return where an image goes: IMAGE_REPOSITORY, or the packages of the workflow's repository at ghcr.io."""
    owner = os.environ.get("GITHUB_REPOSITORY", "").lower()
    base = os.environ.get("IMAGE_REPOSITORY", "") or (f"ghcr.io/{owner}" if owner else "")
    if not base:
        raise UsageError("IMAGE_REPOSITORY is not set: where images are pushed to, for example ghcr.io/owner/name.")
    try:
        return ImageReference.parse(f"{base}/{name}")
    except ImageReferenceError as error:
        raise UsageError(f"IMAGE_REPOSITORY is {base[:80]!r}, which is no repository: {error}.") from None


def commit_tag(local: str) -> str:
    """Return the tag under which a local image of a commit is pushed."""
    return f"sha-{local.rpartition(':')[2]}"


def push_image(local: str, target: ImageReference, login: RegistryLogin) -> ImageReference:
    """Push a local image to `target`, which has a tag; return it by digest. Raise SptFlowError when it fails."""
    docker = Command("docker")
    docker.run("tag", local, str(target))
    with docker_configuration(target.registry, login) as environment:
        done = Command("docker", env=environment).run("push", str(target), timeout=_SECONDS)
    digests = _DIGEST.findall(done.stdout)
    if not digests:
        raise SptFlowError(f"docker pushed {target}, but did not say as which digest.")
    return ImageReference(target.registry, target.repository, None, digests[-1])
