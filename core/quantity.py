"""Kubernetes quantities ("500m", "1.5Gi", "1e3"): parsed exactly, compared as numbers, never as strings."""

__all__ = ["Quantity", "QuantityError"]

import re
from dataclasses import dataclass, field
from functools import total_ordering
from typing import Final, Self

_NUMBER: Final = re.compile(
    r"(?P<sign>[+-]?)(?=\.?[0-9])(?P<whole>[0-9]*)(?:\.(?P<fraction>[0-9]*))?"
    r"(?P<suffix>[KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?",
    re.ASCII,
)
_DECIMAL: Final = {"n": -9, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY: Final = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_NANO: Final = 9
_LARGEST: Final = (2**63 - 1) * 10**_NANO
_LARGEST_EXPONENT: Final = 2**31 - 1
_LONGEST_TEXT: Final = 256


class QuantityError(ValueError):
    """The text is no quantity; the message does not repeat it, since it may be a secret in the wrong place."""

    def __init__(self) -> None:
        super().__init__('not a Kubernetes quantity (a number with a suffix such as "500m", "2", "512Mi" or "10G")')


@total_ordering
@dataclass(frozen=True, eq=False)
class Quantity:
    """An amount in billionths of its unit (cores, bytes, pieces), with the text it was written as.

    As in the API server, what is finer than a billionth rounds away from zero, and a binary suffix never leads beyond
    2^63-1. Stricter than the API server in one point: signs, points and suffixes without a digit are errors, not zero.
    """

    nano: int
    text: str = field(default="", compare=False)

    @classmethod
    def parse(cls, value: object) -> Self:
        """Read a string, or a JSON number as manifests also have it; raise QuantityError for anything else."""
        text = _as_text(value)
        match = _NUMBER.fullmatch(text)
        if match is None or len(text) > _LONGEST_TEXT:
            raise QuantityError
        nano = _nano(match["whole"], match["fraction"] or "", match["suffix"] or "")
        return cls(-nano if match["sign"] == "-" else nano, text)

    def __eq__(self, other: object) -> bool:
        return self.nano == other.nano if isinstance(other, Quantity) else NotImplemented

    def __lt__(self, other: "Quantity") -> bool:
        return self.nano < other.nano

    def __hash__(self) -> int:
        return hash(self.nano)

    def __str__(self) -> str:
        return self.text

    @property
    def is_positive(self) -> bool:
        """Say whether the amount is above zero."""
        return self.nano > 0


def _as_text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise QuantityError
    # Numbers pass through Protobuf as doubles: 2.0 was written as 2.
    return str(int(value)) if isinstance(value, int) or value.is_integer() else repr(value)


def _nano(whole: str, fraction: str, suffix: str) -> int:
    """Return the magnitude in billionths, rounded up, and capped if the suffix is binary."""
    digits = int(whole + fraction)
    if digits == 0:
        return 0
    ten, two = -len(fraction) + _NANO, _BINARY.get(suffix, 0)
    if suffix in _DECIMAL:
        ten += _DECIMAL[suffix]
    elif suffix and not two:
        exponent = int(suffix[1:])
        if abs(exponent) > _LARGEST_EXPONENT:
            raise QuantityError
        # Beyond these bounds a number is larger than any amount or rounds to a billionth: compute no power that large.
        ten += max(-2 * _LONGEST_TEXT, min(exponent, 2 * _LONGEST_TEXT))
    scaled = digits << two
    exact: int = scaled * 10**ten if ten >= 0 else -(-scaled // 10**-ten)
    return min(exact, _LARGEST) if two else exact
