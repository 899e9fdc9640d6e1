"""`make up`: toolchain, lab, platform, report."""

__all__ = ["register"]

import time
from typing import Annotated

import typer

from lab.cluster import start_lab
from lab.commands.options import STACK_HELP, lab_instance
from lab.commands.report import print_report
from lab.deploy.engine import scrub_environment
from lab.deploy.run_lock import run_lock
from lab.deploy.service import Deployment, deploy
from lab.deploy.stack_file import StackFile, load_stack_file
from lab.deploy.target import check_lab_kubeconfig, kubeconfig_target, lab_target
from lab.display import RichProgress, open_progress
from lab.images import ensure_debian_layers
from lab.instance import LabInstance
from lab.preflight import check_host
from lab.pushed_image import declare_image
from lab.toolchain import ensure_deploy_tools, ensure_toolchain


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("up", help="Bring up the lab on this machine and deploy the platform into it; safe to repeat.")(up)


def up(stack: Annotated[str, typer.Option("--stack", "-s", help=STACK_HELP)] = "dev") -> None:
    """Bring a stack up."""
    started = time.monotonic()
    stack_file = load_stack_file(stack)
    with open_progress() as progress:
        if stack_file.cluster == "lab":
            instance = lab_instance()
            deployment = _up_in_lab(stack_file, instance, progress)
        else:
            instance = None
            deployment = _up_on_cluster(stack_file, progress)
    print_report(deployment, progress, stack=stack, instance=instance, seconds=time.monotonic() - started)


def _up_in_lab(stack_file: StackFile, instance: LabInstance, progress: RichProgress) -> Deployment:
    target = lab_target(stack_file, instance)
    target.check_settings()
    for note in check_host(instance):
        progress.console.print(note)
    scrub_environment()
    instance.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    with run_lock(target.paths.run_lock, purpose="make up"):
        toolchain = ensure_toolchain(progress)
        ensure_debian_layers(toolchain, progress)
        start_lab(instance, toolchain, progress, platform=True)
        check_lab_kubeconfig(instance)
        deployment = deploy(target, toolchain, progress)
        if target.image_build is not None:
            declare_image(progress, instance)
        return deployment


def _up_on_cluster(stack_file: StackFile, progress: RichProgress) -> Deployment:
    target = kubeconfig_target(stack_file)
    target.check_settings()
    with run_lock(target.paths.run_lock, purpose=f"make up STACK={stack_file.name}"):
        return deploy(target, ensure_deploy_tools(progress), progress)
