"""`make down`: remove the lab and everything it made on this machine."""

__all__ = ["register"]

import shutil
import sys
from typing import Annotated

import typer

from core.errors import UsageError
from lab.builder import drop_builder
from lab.cluster import stop_lab
from lab.commands.options import lab_instance
from lab.deploy.paths import DeployPaths
from lab.deploy.run_lock import run_lock
from lab.display import open_progress
from lab.instance import LabInstance
from lab.progress import Progress
from lab.toolchain import drop_cache


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("down", help="Remove the lab: its processes, network, files and all data in it.")(down)


def down(
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,  # noqa: FBT002 - a flag
    purge: Annotated[bool, typer.Option("--purge", help="Also drop built tools and image layers.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """Remove the lab of this checkout."""
    instance = lab_instance()
    if instance.directory.exists():
        _confirm(instance, yes=yes)
        with open_progress() as progress:
            _remove(instance, progress)
        typer.echo(f"The lab in {instance.directory} is gone; nothing of it is left on this machine.")
    else:
        typer.echo(f"There is no lab in {instance.directory}.")
    if purge:
        drop_builder()
        typer.echo(f"Dropped the cache: {drop_cache()}")
    else:
        typer.echo("The built tools stay in the cache for the next 'make up'; PURGE=1 drops them as well.")


def _confirm(instance: LabInstance, *, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(
            f"Removing the lab in {instance.directory} deletes all data in it, and there is no terminal to ask on.",
            next_command="make down YES=1",
        )
    question = f"Remove the lab '{instance.name}' in {instance.directory} and all data in it (images, volumes, state)?"
    if not typer.confirm(question):
        raise typer.Exit(1)


def _remove(instance: LabInstance, progress: Progress) -> None:
    with run_lock(instance.directory / "run.lock", purpose="make down"):
        stop_lab(instance, progress)
        for path in DeployPaths(instance.directory).owned():
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
    if not any(instance.directory.iterdir()):
        instance.directory.rmdir()
