"""The field of a setting that is a quantity."""

__all__ = ["amount"]

from typing import Any

from pydantic import Field

from core.quantity import Quantity


def amount(text: str, description: str) -> Any:  # noqa: ANN401 - pydantic.Field is declared to return Any
    """Return a field whose default is the quantity `text`."""
    return Field(default=Quantity.parse(text), description=description)
