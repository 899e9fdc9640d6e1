"""Images in a tree of values whose shape nobody declared: a chart's values, a custom resource, an environment."""

__all__ = ["written_images"]

from collections.abc import Iterator
from typing import Final

from core.fields import Field
from policies.findings import Findings
from policies.secret_values.marks import MarkedText, is_marked

_SUFFIX: Final = "image"
_REPOSITORY: Final = ("repo", "repository")
_TAGS: Final = ("tag", "imageTag")


def written_images(root: Field, findings: Findings) -> Iterator[Field]:
    """Yield a field for each key that ends in "image": its text, or the parts that charts write one by one.

    Parts are put together as charts do: registry, repository, tag, digest. A part that is no text leaves a field with
    that value, so that it is noticed. Without a repository the chart decides which image it is.
    """
    waiting = [root]
    while waiting:
        here = waiting.pop()
        waiting.extend(here.items())
        for key, child in here.entries():
            if not key.lower().endswith(_SUFFIX):
                waiting.append(child)
            elif child.is_mapping:
                yield from _in_parts(child, findings)
                waiting.append(child)
            elif child.is_sequence:
                waiting.append(child)
            elif not findings.is_open(child):
                yield from _with_tag_beside(here, child, findings)


def _in_parts(image: Field, findings: Findings) -> Iterator[Field]:
    parts = [image.get("registry"), _first(image, _REPOSITORY), _first(image, _TAGS), image.get("digest")]
    if parts[1].is_missing or parts[1].value == "" or findings.is_open(*parts):
        return
    yield _joined(image.path, parts)


def _with_tag_beside(parent: Field, image: Field, findings: Findings) -> Iterator[Field]:
    """Yield an image written as text; charts of an older style have its tag in a key of its own beside it."""
    tag = parent.get("imageTag")
    if image.is_missing or image.value == "":
        return
    if tag.is_missing or tag.value == "":
        yield image
    elif not findings.is_open(tag):
        yield _joined(image.path, [Field(None), image, tag, Field(None)])


def _joined(path: str, parts: list[Field]) -> Field:
    wrong = [part for part in parts if not part.is_missing and part.text() is None]
    if wrong:
        return Field(wrong[0].value, path)
    registry, repository, tag, digest = (part.text() or "" for part in parts)
    text = f"{registry}/{repository}" if registry else repository
    text = f"{text}:{tag}" if tag else text
    text = f"{text}@{digest}" if digest else text
    return Field(MarkedText(text) if any(is_marked(part) for part in parts) else text, path)


def _first(image: Field, keys: tuple[str, ...]) -> Field:
    found = [image.get(key) for key in keys]
    return next((each for each in found if not each.is_missing), found[0])
