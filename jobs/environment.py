"""A job's settings come from environment variables: typed, checked, and worded in one sentence when wrong."""

__all__ = ["JobSettings", "read_secret", "read_settings"]

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final, TypeVar

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError

from core.errors import UsageError

_SHOWN_LENGTH: Final = 80
_Some = TypeVar("_Some", bound="JobSettings")


class JobSettings(BaseModel):
    """Settings of a job; a field's alias is its environment variable."""

    model_config = ConfigDict(frozen=True, populate_by_name=True, extra="ignore")


def read_settings(model: type[_Some], environment: Mapping[str, str] | None = None) -> _Some:
    """Return the settings from the environment; a variable that is empty counts as not set.

    Raise UsageError for the first one that is missing or invalid; values of secrets are not repeated.
    """
    variables = os.environ if environment is None else environment
    given = {name: value for name, value in variables.items() if value != ""}
    try:
        return model.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
    name = str(first["loc"][0]) if first["loc"] else ""
    if not name:
        raise UsageError(f"{str(first['ctx']['error']) if 'ctx' in first else first['msg']}.")
    means = next((field.description for field in model.model_fields.values() if field.alias == name), None)
    if first["type"] == "missing":
        raise UsageError(f"The environment variable {name} is not set. {means}")
    is_secret = any(
        field.annotation in (SecretStr, SecretStr | None)
        for field in model.model_fields.values()
        if field.alias == name
    )
    shown = "a value that is not shown" if is_secret else f"the value {str(first['input'])[:_SHOWN_LENGTH]!r}"
    allowed = str(first["ctx"]["error"]) if first["type"] == "value_error" else first["msg"]
    raise UsageError(f"The environment variable {name} has {shown}; {allowed[0].lower()}{allowed[1:]}. {means}")


def read_secret(value: SecretStr | None, file: Path | None, *, variable: str) -> str:
    """Return a secret from `file`, named by `<variable>_FILE`, or else the one that `variable` itself held.

    Raise UsageError if neither is set, or the file is unreadable or empty; the secret is in no message.
    """
    if file is None:
        if value is None:
            raise UsageError(f"Neither {variable}_FILE nor {variable} is set; one of them has to hold the secret.")
        return value.get_secret_value()
    try:
        text = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise UsageError(f"The file '{file}' that {variable}_FILE names cannot be read: {reason}.") from None
    if not text:
        raise UsageError(f"The file '{file}' that {variable}_FILE names is empty; it has to hold the secret.")
    return text
