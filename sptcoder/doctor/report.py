"""What the doctor found, as people and programs read it."""

__all__ = ["explanation_lines", "finding_lines"]

from collections.abc import Iterator
from typing import Final, TextIO

from sptcoder.cli.terminal import styled
from sptcoder.doctor.explanations import EXPLANATIONS, explanation
from sptcoder.doctor.finding import Finding, State

_STYLES: Final = {State.FINE: "green", State.NOTE: "yellow", State.PROBLEM: "bold red"}
_STATE_WIDTH: Final = 9
_MATTER_WIDTH: Final = 15
_ALL: Final = "all"


def finding_lines(finding: Finding, stream: TextIO) -> Iterator[str]:
    """Yield the finding's line and, below a fault, what it means and what to type next."""
    state = styled(f"{finding.state.value:<{_STATE_WIDTH}}", _STYLES[finding.state], stream)
    yield f"{state}{finding.matter:<{_MATTER_WIDTH}}{finding.text}"
    margin = " " * (_STATE_WIDTH + _MATTER_WIDTH)
    if finding.state is State.PROBLEM and finding.kind is not None:
        yield f"{margin}{explanation(finding.kind).means}"
    if finding.next_command is not None:
        yield f"{margin}Next: {finding.next_command}"


def explanation_lines(kind: str) -> Iterator[str]:
    """Yield the explanation of one failure, or of all."""
    for name in EXPLANATIONS if kind == _ALL else (kind,):
        means, helps = explanation(name)
        yield f"{name}: {means}"
        yield f"  {helps}"
