"""`make image`: the workspace image of the running lab built as another target, and used from then on."""

__all__ = ["register"]

import time
from typing import Annotated

import typer

from core.errors import SptFlowError, UsageError
from lab.cluster import lab_is_running
from lab.commands.options import lab_instance
from lab.commands.report import print_report
from lab.deploy.engine import scrub_environment
from lab.deploy.image_build import TARGETS, Target
from lab.deploy.run_lock import run_lock
from lab.deploy.service import Deployment, deploy
from lab.deploy.stack_file import load_stack_file
from lab.deploy.target import check_lab_kubeconfig, lab_target
from lab.display import RichProgress, open_progress
from lab.instance import LabInstance
from lab.pushed_image import declare_image
from lab.toolchain import ensure_toolchain

_STACK = "dev"


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("image", help="Build the workspace image as another target, and have the lab's templates use it.")(
        image
    )


def image(
    target: Annotated[str, typer.Option("--target", help="What is built: slim, or full with every tool.")] = "full",
) -> None:
    """Build, push and use the image; the choice counts for this lab until another one is made."""
    started = time.monotonic()
    chosen = _known(target)
    instance = lab_instance()
    if not lab_is_running(instance):
        raise SptFlowError("The lab is not running, so there is no registry to push to.", next_command="make up")
    with open_progress() as progress:
        deployment = _build(chosen, instance, progress)
    print_report(deployment, progress, stack=_STACK, instance=instance, seconds=time.monotonic() - started)


def _build(chosen: Target, instance: LabInstance, progress: RichProgress) -> Deployment:
    target = lab_target(load_stack_file(_STACK), instance, image=chosen)
    target.check_settings()
    check_lab_kubeconfig(instance)
    scrub_environment()
    with run_lock(target.paths.run_lock, purpose="make image"):
        deployment = deploy(target, ensure_toolchain(progress), progress)
        if target.image_build is not None:
            # Not before: a target that cannot be built must not stand in the way of every `make up` to come.
            target.image_build.keep()
        declare_image(progress, instance)
    return deployment


def _known(target: str) -> Target:
    for each in TARGETS:
        if each == target:
            return each
    raise UsageError(
        f"The workspace image has no target '{target}'; there are: {', '.join(TARGETS)}.", next_command="make image"
    )
