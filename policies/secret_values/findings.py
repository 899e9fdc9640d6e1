"""What rules about secrets say of a value: why it must not be there, without a word of it."""

__all__ = ["is_checksum", "reason_against", "shown_name"]

import re
from typing import Final

from core.fields import Field
from policies.secret_values.marks import is_marked
from policies.secret_values.search import secret_in

_NAME: Final = re.compile(r"[A-Za-z_.-][A-Za-z0-9_./-]{0,80}", re.ASCII)
_CHECKSUM_NAME: Final = re.compile(r".*(?:checksum|hash|digest|sha256|fingerprint)", re.IGNORECASE | re.DOTALL)
_CHECKSUM: Final = re.compile(r"(?:sha256:)?[0-9a-f]{32,128}")


def reason_against(field: Field, name: str, *, is_variable: bool = False, marks_count: bool = True) -> str | None:
    """Return why the value must not stand in clear, as the end of a sentence; None if nothing speaks against it.

    `marks_count` is false where a value that the program marks as secret is kept as one.
    """
    if is_marked(field):
        return "the program marks it as secret" if marks_count and not is_checksum(field, name) else None
    value = field.value
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = value if isinstance(value, str) else f"{value:g}" if isinstance(value, float) else str(value)
    found = secret_in(text, name, is_variable=is_variable)
    return None if found is None else f"it looks like {found}"


def is_checksum(field: Field, name: str) -> bool:
    """Say whether a marked value only says that a secret changed: a digest, known or not, under such a name."""
    if not _CHECKSUM_NAME.fullmatch(name):
        return False
    text = field.text()
    return field.unknown is not None or (text is not None and _CHECKSUM.fullmatch(text) is not None)


def shown_name(name: str) -> str | None:
    """Return a name if it may be repeated: well-formed, and no secret itself."""
    return name if _NAME.fullmatch(name) and secret_in(name) is None else None
