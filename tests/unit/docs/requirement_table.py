"""Reads the tables of docs/requirements.md."""

__all__ = ["Requirement", "parse_requirements"]

from dataclasses import dataclass

_HEADER = ["Id", "Requirement", "State", "Where", "Test"]
_DECISION_HEADER = ["Id", "Seed lines", "The seed asks for", "State", "Why", "Where", "Test"]


@dataclass(frozen=True)
class Requirement:
    """One row: every id it stands for, and its cells as written."""

    ids: tuple[str, ...]
    text: str
    state: str
    where: str
    test: str


def parse_requirements(page: str) -> list[Requirement]:
    """Return the rows of every requirement table of the page, the decisions included; other tables are skipped."""
    rows: list[Requirement] = []
    header: list[str] = []
    for line in page.splitlines():
        if not line.startswith("|"):
            header = []
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not header:
            header = cells
        elif set(line) - set("|- ") and header in (_HEADER, _DECISION_HEADER):
            if len(cells) != len(header):
                raise ValueError(f"the row {line!r} has {len(cells)} cells, its table has {len(header)}")
            text = cells[1] if header == _HEADER else cells[2]
            state = cells[2] if header == _HEADER else cells[3]
            rows.append(Requirement(tuple(_ids(cells[0])), text, state, cells[-2], cells[-1]))
    return rows


def _ids(cell: str) -> list[str]:
    """Spell out an id cell: "003:521-523, 556" is 003:521, 003:522, 003:523, 003:556."""
    seed, colon, rest = cell.partition(":")
    if not colon:
        return [cell]
    ids: list[str] = []
    for part in rest.split(", "):
        first, dash, last = part.partition("-")
        if dash and first.isdigit() and last.isdigit():
            ids += [f"{seed}:{line}" for line in range(int(first), int(last) + 1)]
        else:
            ids.append(f"{seed}:{part}")
    return ids
