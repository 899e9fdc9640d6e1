"""A Coder server for who has none: the lab of a checkout of this project, on this machine (002:50-53)."""

__all__ = ["HOW_TO_START_A_LAB", "offer_local_lab"]

from pathlib import Path
from typing import Final

from core.command import Command
from core.errors import SptFlowError
from sptcoder.cli.prompt import confirm
from sptcoder.cli.terminal import say

_PROGRAM: Final = Path(__file__).resolve().parents[2]
_MARKS: Final = ("Makefile", "Pulumi.yaml", "lab")
HOW_TO_START_A_LAB: Final = (
    "No server yet? In a checkout of spt-flow, 'make up' starts one on this machine, and 'make token' prints a token."
)


def offer_local_lab() -> None:
    """Start the lab if there is a checkout and that is wanted; else say how to. What fails is said, and no more."""
    checkout = _checkout()
    if checkout is None:
        say(HOW_TO_START_A_LAB)
        return
    if not confirm(
        f"Start a Coder server on this machine ('make up' in {checkout}; some minutes)?", instead=HOW_TO_START_A_LAB
    ):
        return
    try:
        code = Command("make", cwd=checkout).attach("up")
    except SptFlowError as error:
        say(str(error), "yellow")
        return
    outcome = "it printed its address" if code == 0 else f"it failed with exit code {code}"
    say(f"'make up' has ended; {outcome}. 'make token' in {checkout} prints a session token.")


def _checkout() -> Path | None:
    """Return the checkout one works in, or the one this program runs from."""
    for folder in (Path.cwd(), _PROGRAM):
        if all((folder / mark).exists() for mark in _MARKS):
            return folder
    return None
