"""The kinds of values settings have: each reads text and says, with an example, what it allows."""

__all__ = [
    "AbsolutePath",
    "CidrList",
    "ImageText",
    "IpAddress",
    "OneLine",
    "PositiveQuantity",
    "ResourceName",
    "Switch",
]

import ipaddress
import json
from typing import Annotated, Final

from pydantic import BeforeValidator, PlainSerializer

from core.image_reference import ImageReference, ImageReferenceError
from core.kubernetes_names import is_subdomain
from core.quantity import Quantity, QuantityError

_LONGEST_LINE: Final = 1024


def _switch(value: object) -> bool:
    if value not in (True, False, "true", "false"):
        raise ValueError('"true" or "false" is expected')
    return value in (True, "true")


def _quantity(value: object) -> Quantity:
    try:
        quantity = value if isinstance(value, Quantity) else Quantity.parse(value)
    except QuantityError:
        quantity = None
    if quantity is None or not quantity.is_positive:
        raise ValueError("a Kubernetes quantity above zero is expected, for example 250m, 2, 512Mi or 100Gi")
    return quantity


def _image(value: object) -> ImageReference:
    if isinstance(value, ImageReference):
        return value
    try:
        image = ImageReference.parse(str(value))
    except ImageReferenceError as error:
        raise ValueError(
            f"an image reference is expected, for example registry.example.com/tools/registry:3.1.2; {error}"
        ) from None
    if image.effective_tag == "latest" and image.digest is None:
        raise ValueError('an image with a fixed tag or a digest is expected, never "latest"')
    return image


def _cidrs(value: object) -> tuple[str, ...]:
    try:
        listed = json.loads(value) if isinstance(value, str) else value
        if not isinstance(listed, list | tuple):
            raise TypeError  # noqa: TRY301 - one sentence for every way in which the value is no list of networks
        return tuple(str(ipaddress.ip_network(_string(entry))) for entry in listed)
    except (ValueError, TypeError, RecursionError):
        raise ValueError('a JSON list of networks is expected, for example ["10.0.0.0/16"]') from None


def _string(value: object) -> str:
    """Return the value if it is a string: the address parsers would take a number, too."""
    if not isinstance(value, str):
        raise TypeError
    return value


def _ip(value: object) -> str:
    try:
        return "" if value == "" else str(ipaddress.ip_address(_string(value)))
    except (ValueError, TypeError):
        raise ValueError("an IP address is expected, for example 10.96.0.50, or nothing") from None


def _resource_name(value: object) -> str:
    text = str(value)
    if text and not is_subdomain(text):
        raise ValueError('the name of a Kubernetes object is expected, for example "standard", or nothing')
    return text


def _one_line(value: object) -> str:
    text = str(value)
    if len(text) > _LONGEST_LINE or not text.isprintable() or text != text.strip():
        raise ValueError("one line of printable text without spaces around it is expected")
    return text


def _absolute_path(value: object) -> str:
    text = _one_line(value)
    if not text.startswith(("/", "~/")):
        raise ValueError("an absolute path, or one that begins with ~/, is expected")
    return text


Switch = Annotated[bool, BeforeValidator(_switch)]
"""true or false."""

PositiveQuantity = Annotated[Quantity, BeforeValidator(_quantity), PlainSerializer(str)]
"""A Kubernetes quantity above zero."""

ImageText = Annotated[ImageReference, BeforeValidator(_image), PlainSerializer(str)]
"""A container image with a fixed tag or a digest."""

CidrList = Annotated[tuple[str, ...], BeforeValidator(_cidrs)]
"""IP networks, as a JSON list."""

IpAddress = Annotated[str, BeforeValidator(_ip)]
"""An IP address, or an empty string."""

ResourceName = Annotated[str, BeforeValidator(_resource_name)]
"""The name of a Kubernetes object, or an empty string."""

OneLine = Annotated[str, BeforeValidator(_one_line)]
"""One line of text."""

AbsolutePath = Annotated[str, BeforeValidator(_absolute_path)]
"""A path that does not depend on the working directory; ~/ stands for the home directory."""
