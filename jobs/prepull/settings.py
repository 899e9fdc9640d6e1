"""Settings of the verification."""

__all__ = ["PrepullCheckSettings"]

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import AnyHttpUrl, BeforeValidator, Field

from core.image_reference import ImageReference, ImageReferenceError
from core.node_choice import NodeChoice
from jobs.environment import JobSettings


def _image(value: object) -> ImageReference:
    try:
        image = value if isinstance(value, ImageReference) else ImageReference.parse(str(value))
    except ImageReferenceError as error:
        raise ValueError(f"an image reference is expected; {error}") from None
    if image.digest is None:
        raise ValueError("an image with a digest is expected, since a tag says nothing of what a node has")
    return image


def _labels(value: object) -> Mapping[str, Any]:
    found = _json(value)
    if not isinstance(found, Mapping) or not all(isinstance(each, str) for each in found.values()):
        raise ValueError("a JSON object of labels and their values is expected")
    return found


def _tolerations(value: object) -> list[object]:
    found = _json(value)
    if not isinstance(found, list):
        raise ValueError("a JSON list of tolerations is expected")  # noqa: TRY004 - pydantic's way
    NodeChoice.parse({}, found)
    return found


def _json(value: object) -> object:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        return None


class PrepullCheckSettings(JobSettings):
    """Which image has to be where, and how long a pull may take."""

    image: Annotated[ImageReference, BeforeValidator(_image)] = Field(
        alias="PREPULL_IMAGE", description="The image that the nodes have to have, by digest."
    )
    node_selector: Annotated[Mapping[str, str], BeforeValidator(_labels)] = Field(
        default={}, alias="PREPULL_NODE_SELECTOR", description="Labels of the nodes that have to have it, as JSON."
    )
    tolerations: Annotated[list[object], BeforeValidator(_tolerations)] = Field(
        default=[], alias="PREPULL_TOLERATIONS", description="Tolerations of the pods that keep it, as JSON."
    )
    wait_seconds: float = Field(
        default=300.0,
        ge=0,
        le=24 * 3600,
        alias="PREPULL_WAIT_SECONDS",
        description="How long nodes that lack it are given to pull it.",
    )
    metrics_file: Path | None = Field(
        default=None, alias="PREPULL_METRICS_FILE", description="File for metrics in Prometheus' text format."
    )
    pushgateway_url: AnyHttpUrl | None = Field(
        default=None, alias="PREPULL_PUSHGATEWAY_URL", description="Prometheus Pushgateway for metrics."
    )

    @property
    def choice(self) -> NodeChoice:
        """Return which nodes have to have the image."""
        return NodeChoice.parse(self.node_selector, self.tolerations)
