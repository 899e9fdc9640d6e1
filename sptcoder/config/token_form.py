"""What can be a session token: it goes into a header of each request."""

__all__ = ["TOKEN_FORM", "checked_token", "is_token"]

import re
from typing import Final

from pydantic import SecretStr

from core.errors import UsageError

TOKEN_FORM: Final = "a session token is of ASCII letters, digits and signs, without blanks"  # noqa: S105 - its form

_FORM: Final = re.compile(r"[!-~]{1,1000}")


def is_token(text: str) -> bool:
    """Say whether the text can be a session token."""
    return _FORM.fullmatch(text) is not None


def checked_token(typed: str, source: str, next_command: str) -> SecretStr:
    """Return what was typed, without the blanks around it; raise UsageError, which does not show it, if it is none."""
    text = typed.strip()
    if not is_token(text):
        found = "nothing" if not text else "no session token"
        raise UsageError(f"There is {found} in {source}; {TOKEN_FORM}.", next_command=next_command)
    return SecretStr(text)
