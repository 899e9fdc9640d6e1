"""The base of all models of answers: frozen, and deaf to fields that newer servers add."""

__all__ = ["ApiModel", "NullableList", "ZeroTime"]

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict


class ApiModel(BaseModel):
    """Part of an answer; fields we do not use are ignored, so that a newer server does not break us."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


def _empty_for_null(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    return () if value is None else value


def _none_for_zero(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    # Go writes the zero time for "not set".
    return None if isinstance(value, str) and value.startswith("0001-01-01") else value


NullableList = BeforeValidator(_empty_for_null)
"""For tuples that the server writes as null when they are empty, as Go does."""

ZeroTime = Annotated[datetime | None, BeforeValidator(_none_for_zero)]
"""A point in time; null and Go's zero time are None."""
