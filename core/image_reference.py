"""Container image references, read by the grammar of the distribution project and normalised as Docker does."""

__all__ = ["LONGEST_REPOSITORY", "REFERENCE_PATTERN", "ImageReference", "ImageReferenceError"]

import re
from dataclasses import dataclass
from typing import Final, Self

_LABEL: Final = r"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
_REGISTRY: Final = re.compile(rf"(?:{_LABEL}(?:\.{_LABEL})*|\[(?:[a-fA-F0-9:]+)\])(?::[0-9]+)?", re.ASCII)
_PATH: Final = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*", re.ASCII)
_TAG: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}", re.ASCII)
_DIGEST: Final = re.compile(r"sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128}", re.ASCII)
_BARE_DIGEST: Final = re.compile(r"[a-f0-9]{64}", re.ASCII)
LONGEST_REPOSITORY: Final = 255
"""Most characters of a repository's path, without the registry."""

_DOCKER_HUB: Final = "docker.io"

REFERENCE_PATTERN: Final = rf"^(?:{_REGISTRY.pattern}/)?{_PATH.pattern}(?::{_TAG.pattern})?(?:@(?:{_DIGEST.pattern}))?$"
"""The grammar as one regular expression that RE2 reads, too. Two things it cannot tell: what is a registry and what the
first part of a path, and how long the repository is."""


class ImageReferenceError(ValueError):
    """The text is no image reference; the message says which part is wrong."""


@dataclass(frozen=True)
class ImageReference:
    """One image: `registry` (host with port), `repository` path, and the `tag` and `digest` that were written."""

    registry: str
    repository: str
    tag: str | None
    digest: str | None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a reference; "nginx" becomes docker.io/library/nginx. Raise ImageReferenceError if it is none."""
        if _BARE_DIGEST.fullmatch(text):
            raise ImageReferenceError("a bare 64-digit hexadecimal string is an image ID, not a reference")
        name, at, digest = text.partition("@")
        if at and not _DIGEST.fullmatch(digest):
            raise ImageReferenceError("the digest is not sha256, sha384 or sha512 with that many lower-case digits")
        name, tag = _split_tag(name)
        registry, repository = _split_registry(name)
        if not _REGISTRY.fullmatch(registry):
            raise ImageReferenceError("the registry is not a host name or address with an optional port")
        if not _PATH.fullmatch(repository):
            raise ImageReferenceError("the repository is not a lower-case path")
        if len(repository) > LONGEST_REPOSITORY:
            raise ImageReferenceError(f"the repository is longer than {LONGEST_REPOSITORY} characters")
        return cls(registry, repository, tag, digest if at else None)

    def __str__(self) -> str:
        tag = "" if self.tag is None else f":{self.tag}"
        digest = "" if self.digest is None else f"@{self.digest}"
        return f"{self.registry}/{self.repository}{tag}{digest}"

    @property
    def effective_tag(self) -> str | None:
        """Return the tag a runtime pulls: the one written, "latest" if none, None if a digest alone decides."""
        return self.tag if self.tag is not None or self.digest is not None else "latest"


def _split_tag(name: str) -> tuple[str, str | None]:
    """Cut the tag off; a colon before the last slash belongs to the registry's port."""
    head, colon, tag = name.rpartition(":")
    if not colon or "/" in tag:
        return name, None
    if not _TAG.fullmatch(tag):
        raise ImageReferenceError("the tag has characters that no tag may have, or more than 128 of them")
    return head, tag


def _split_registry(name: str) -> tuple[str, str]:
    """Tell a registry from the first part of a path: it has a dot, a colon or capitals, or is "localhost"."""
    first, slash, rest = name.partition("/")
    is_registry = any(sign in first for sign in ".:[") or first == "localhost" or first != first.lower()
    if not slash or not is_registry:
        first, rest = _DOCKER_HUB, name
    if first == "index.docker.io":
        first = _DOCKER_HUB
    if first == _DOCKER_HUB and "/" not in rest:
        rest = f"library/{rest}"
    return first, rest
