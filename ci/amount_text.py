"""Amounts of CPU and bytes as people write them: "250m", "1.5", "1.5Gi"."""

__all__ = ["bytes_text", "cpu_text", "signed"]

from collections.abc import Callable
from fractions import Fraction
from typing import Final

_NANO: Final = 10**9
_MILLI: Final = 10**6
_UNITS: Final = ((40, "Ti"), (30, "Gi"), (20, "Mi"), (10, "Ki"))


def cpu_text(nano: int) -> str:
    """Return billionths of a core as cores ("2", "1.5") or thousandths of one ("250m")."""
    if abs(nano) >= _NANO or nano == 0:
        return _decimal(Fraction(nano, _NANO))
    return f"{_decimal(Fraction(nano, _MILLI))}m"


def bytes_text(nano: int) -> str:
    """Return billionths of a byte in the largest binary unit of which there is at least one."""
    amount = Fraction(nano, _NANO)
    for exponent, unit in _UNITS:
        if abs(amount) >= 1 << exponent:
            return f"{_decimal(amount / (1 << exponent))}{unit}"
    return _decimal(amount)


def signed(nano: int, text: Callable[[int], str]) -> str:
    """Return a difference with its sign: "+500m", "-1Gi", "±0"."""
    return "±0" if nano == 0 else f"{'+' if nano > 0 else '-'}{text(abs(nano))}"


def _decimal(amount: Fraction) -> str:
    """Return the number with at most three digits after the point; what is cut off is rounded."""
    return f"{float(round(amount, 3)):.3f}".rstrip("0").rstrip(".")
