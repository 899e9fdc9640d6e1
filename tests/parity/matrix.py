"""All rows of the matrix."""

__all__ = ["CASES"]

from tests.parity.cases import drift, faults, objects, previews, releases

CASES = (*objects.CASES, *faults.CASES, *drift.CASES, *previews.CASES, *releases.CASES)
