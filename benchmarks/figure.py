"""One measured figure and the limit it is held against."""

__all__ = ["Figure", "timed"]

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """Seconds a thing took: the median of `samples`, and the most it may take."""

    name: str
    samples: tuple[float, ...]
    limit: float

    @property
    def median(self) -> float:
        """Return the middle of the samples, in seconds."""
        return statistics.median(self.samples)

    @property
    def ratio(self) -> float:
        """Return the median as a share of the limit; above 1 the figure is missed."""
        return self.median / self.limit

    def row(self) -> str:
        """Return the figure as a row of a Markdown table."""
        spread = f"{min(self.samples):.1f} to {max(self.samples):.1f}"
        cells = (f"{self.median:.1f} s", f"{spread} s", len(self.samples), f"{self.limit:g} s", f"{self.ratio:.2f}")
        return " | ".join(["| " + self.name, *map(str, cells)]) + " |"


def timed(action: Callable[[], object]) -> float:
    """Return the wall seconds an action takes."""
    started = time.monotonic()
    action()
    return time.monotonic() - started
