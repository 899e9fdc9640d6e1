"""`make ci-drift`: whether a cluster is still what the program says."""

__all__ = ["DRIFTED", "register"]

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from ci.commands.options import StackOption, set_output
from ci.drift_report import drift_report
from ci.pulumi_run import preview_stack

DRIFTED = 3
"""Exit code that says: it differs. Failures have 1 and 2, as everywhere."""

_HELP = """Compare a stack's cluster with its program; exit 3 if they differ, and write what does.

In a workflow the step's output `drift` is true or false. Example: make ci-drift STACK=prod OUT=drift.md
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("drift", help=_HELP)(drift)


def drift(
    stack: StackOption,
    out: Annotated[Path, typer.Option("--out", envvar="OUT", help="The report to write.")] = Path("drift.md"),
) -> None:
    """Look for drift."""
    with tempfile.TemporaryDirectory(prefix="spt-flow-ci-") as scratch:
        result = preview_stack(stack, Path(scratch, "preview.json"), list_all=False)
    # A preview that breaks a policy still says what differs; one that failed for another reason says nothing.
    if not result.succeeded and not result.verdicts:
        result.check()
    out.write_text(drift_report(result.plan, result.verdicts), encoding="utf-8")
    set_output("drift", str(not result.plan.is_empty).lower())
    if result.plan.is_empty:
        typer.echo(f"Stack {stack} is what its program says.")
        return
    typer.echo(f"Stack {stack} differs from its program; {out} says in what.")
    raise typer.Exit(DRIFTED)
