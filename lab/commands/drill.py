"""`make drill`: a volume is destroyed and restored, and the newest snapshot of a home is tried out."""

__all__ = ["register"]

from typing import Annotated

import typer

from core.maintenance_window import OVERRIDE, plain_reason
from lab.commands.job_report import tell
from lab.commands.options import STACK_HELP, lab_instance
from lab.deploy.stack_file import load_stack_file
from lab.manual_jobs import run_snapshot_job, stack_kubectl


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("drill", help="Destroy and restore a volume of its own, and try the newest snapshot of a home.")(drill)


def drill(
    stack: Annotated[str, typer.Option("--stack", help=STACK_HELP)] = "dev",
    override: Annotated[
        str, typer.Option("--override", envvar=OVERRIDE, help="Reason to hold it in business hours all the same.")
    ] = "",
) -> int:
    """Exit code 0: everything came back as it was; 1: something did not."""
    chosen = load_stack_file(stack)
    where = stack_kubectl(chosen, lab_instance())
    arguments = [f"--override={reason}"] if (reason := plain_reason(override)) else []
    return 0 if run_snapshot_job(where, "drill-homes", *arguments, tell=tell) else 1
