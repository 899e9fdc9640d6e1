"""Resource quantities: `0.5` and `500m` are one value."""

__all__ = ["same_quantity"]

import re
from decimal import Decimal

_SUFFIXES = {
    "": Decimal(1),
    "n": Decimal("1e-9"),
    "u": Decimal("1e-6"),
    "m": Decimal("1e-3"),
    "k": Decimal(10**3),
    "M": Decimal(10**6),
    "G": Decimal(10**9),
    "T": Decimal(10**12),
    "P": Decimal(10**15),
    "E": Decimal(10**18),
    "Ki": Decimal(2**10),
    "Mi": Decimal(2**20),
    "Gi": Decimal(2**30),
    "Ti": Decimal(2**40),
    "Pi": Decimal(2**50),
    "Ei": Decimal(2**60),
}
_PATTERN = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,2})?)([A-Za-z]*)")

# The fields that hold quantities, by name: directly, or as a mapping of resource names to quantities.
_FIELDS = frozenset({"sizeLimit", "divisor", "storage"})
_MAPPINGS = frozenset(
    {
        "allocatable",
        "capacity",
        "default",
        "defaultRequest",
        "hard",
        "limits",
        "max",
        "maxLimitRequestRatio",
        "min",
        "overhead",
        "podFixed",
        "requests",
    }
)


def _parse(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    matched = _PATTERN.fullmatch(str(value))
    if matched is None or matched[2] not in _SUFFIXES:
        return None
    return Decimal(matched[1]) * _SUFFIXES[matched[2]]


def same_quantity(path: tuple[str | int, ...], old: object, new: object) -> bool:
    """Return whether the field at `path` holds quantities and both values are the same amount."""
    names = [part for part in path if isinstance(part, str)]
    if not names or not (names[-1] in _FIELDS or (len(names) > 1 and names[-2] in _MAPPINGS)):
        return False
    first, second = _parse(old), _parse(new)
    return first is not None and first == second
