"""The part of a page that a program writes, between two marks; the rest of the page is written by hand."""

__all__ = ["GeneratedPart"]

from dataclasses import dataclass

from core.errors import SptFlowError


@dataclass(frozen=True)
class GeneratedPart:
    """Where that part is: `begin` and `end` are lines of the page, each with its newline; `page` is its name."""

    page: str
    begin: str
    end: str

    def written(self, text: str, part: str) -> str:
        """Return the page `text` with `part` between its marks; raise SptFlowError if it has no such marks."""
        before, begin, rest = text.partition(self.begin)
        _, end, after = rest.partition(self.end)
        if not begin or not end:
            raise SptFlowError(f"{self.page} lacks the line '{(self.end if begin else self.begin).strip()}'.")
        return f"{before}{begin}{part}{end}{after}"
