"""`make preview`: what `up` would change, judged by the policies; nothing is changed."""

__all__ = ["register"]

import time
from typing import Annotated

import typer

from core.errors import SptFlowError
from lab.cluster import lab_is_running
from lab.commands.options import STACK_HELP, lab_instance
from lab.commands.report import print_report
from lab.deploy import service
from lab.deploy.engine import scrub_environment
from lab.deploy.run_lock import run_lock
from lab.deploy.stack_file import load_stack_file
from lab.deploy.target import check_lab_kubeconfig, kubeconfig_target, lab_target
from lab.display import open_progress
from lab.toolchain import ensure_deploy_tools


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("preview", help="Show what 'up' would change, and whether the policies allow it.")(preview)


def preview(stack: Annotated[str, typer.Option("--stack", "-s", help=STACK_HELP)] = "dev") -> None:
    """Preview a stack."""
    started = time.monotonic()
    stack_file = load_stack_file(stack)
    instance = lab_instance() if stack_file.cluster == "lab" else None
    with open_progress() as progress:
        if instance is not None:
            target = lab_target(stack_file, instance)
            target.check_settings()
            if not lab_is_running(instance):
                raise SptFlowError(
                    "The lab is not running, so there is no cluster to compare with.", next_command="make up"
                )
            check_lab_kubeconfig(instance)
            scrub_environment()
        else:
            target = kubeconfig_target(stack_file)
            target.check_settings()
        with run_lock(target.paths.run_lock, purpose="make preview"):
            deployment = service.preview(target, ensure_deploy_tools(progress), progress)
    print_report(deployment, progress, stack=stack, instance=instance, seconds=time.monotonic() - started)
