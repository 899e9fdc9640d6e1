"""`make collect`: the registry's garbage collection, now and not at night."""

__all__ = ["register"]

from collections.abc import Mapping
from typing import Annotated, Any, Final

import typer

from core.errors import SptFlowError
from core.maintenance_window import OVERRIDE, plain_reason
from lab.commands.job_report import tell
from lab.commands.options import STACK_HELP, lab_instance
from lab.deploy.stack_file import load_stack_file
from lab.manual_jobs import run_collection, stack_kubectl

_NEXT: Final = 'see docs/runbooks/registry-gc.md; within business hours make collect OVERRIDE="the reason"'


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("collect", help="Collect the registry's garbage now: it is closed for some seconds.")(collect)


def collect(
    stack: Annotated[str, typer.Option("--stack", help=STACK_HELP)] = "dev",
    override: Annotated[
        str, typer.Option("--override", envvar=OVERRIDE, help="Reason to collect in business hours all the same.")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go; nothing is closed.")] = False,  # noqa: FBT002 - a flag
) -> int:
    """Exit code 0: collected, or nothing to collect; 1: not, and the registry serves as before."""
    left_out: list[str] = []

    def keep(said: Mapping[str, Any]) -> None:
        tell(said)
        if said.get("event") == "left-out":
            left_out.append(str(said.get("reason", "")).rstrip("."))

    where = stack_kubectl(load_stack_file(stack), lab_instance())
    is_success = run_collection(where, override=plain_reason(override), dry_run=dry_run, tell=keep)
    if left_out:
        raise SptFlowError(f"Nothing was collected: {left_out[0]}.", next_command=_NEXT)
    return 0 if is_success else 1
