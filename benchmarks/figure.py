"""One measured figure and the limit it is held against."""

__all__ = ["Figure", "timed"]

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """What a thing took: the median of `samples`, and the most it may take; both in `unit`, seconds if not said."""

    name: str
    samples: tuple[float, ...]
    limit: float
    unit: str = "s"

    @property
    def median(self) -> float:
        """Return the middle of the samples."""
        return statistics.median(self.samples)

    @property
    def ratio(self) -> float:
        """Return the median as a share of the limit; above 1 the figure is missed."""
        return self.median / self.limit

    def row(self) -> str:
        """Return the figure as a row of a Markdown table."""
        digits = 2 if self.limit <= 1 else 1
        spread = f"{min(self.samples):.{digits}f} to {max(self.samples):.{digits}f} {self.unit}"
        median, limit = f"{self.median:.{digits}f} {self.unit}", f"{self.limit:g} {self.unit}"
        cells = (median, spread, len(self.samples), limit, f"{self.ratio:.2f}")
        return " | ".join(["| " + self.name, *map(str, cells)]) + " |"


def timed(action: Callable[[], object]) -> float:
    """Return the wall seconds an action takes."""
    started = time.monotonic()
    action()
    return time.monotonic() - started
