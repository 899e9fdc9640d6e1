"""Durations as people read them."""

__all__ = ["duration"]

_MINUTE = 60
_PRECISE_BELOW = 9.95


def duration(seconds: float) -> str:
    """Return seconds as "0.4 s", "12 s" or "4 min 43 s"."""
    if seconds < _PRECISE_BELOW:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    return f"{whole // _MINUTE} min {whole % _MINUTE:02d} s"
