"""`make restore`: a volume claim out of one of its snapshots, on the stack's cluster."""

__all__ = ["register"]

from typing import Annotated

import typer

from lab.commands.job_report import tell
from lab.commands.options import STACK_HELP, lab_instance
from lab.deploy.stack_file import load_stack_file
from lab.manual_jobs import run_snapshot_job, stack_kubectl


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("restore", help="Make a volume claim out of one of its snapshots; what is there is never written to.")(
        restore
    )


def restore(
    claim: Annotated[str, typer.Option("--claim", help="Name of the volume claim that was snapshotted.")],
    source: Annotated[str, typer.Option("--from", help="'latest', a day (2026-11-22), or a snapshot's id.")] = "latest",
    target: Annotated[str, typer.Option("--to", help="Name of the claim that is made; by default the same.")] = "",
    stack: Annotated[str, typer.Option("--stack", help=STACK_HELP)] = "dev",
) -> int:
    """Exit code 0: the claim is there again; 1: it is not, and nothing is half done."""
    where = stack_kubectl(load_stack_file(stack), lab_instance())
    arguments = ["--claim", claim, "--from", source, *(("--to", target) if target else ())]
    return 0 if run_snapshot_job(where, "restore-home", *arguments, tell=tell) else 1
