"""`make serve`: a git repository of this machine, for workspaces of the running lab, until Ctrl-C."""

__all__ = ["register"]

import signal
from pathlib import Path
from types import FrameType
from typing import Annotated, Final

import typer

from lab.commands.options import lab_instance
from lab.demo.serving import serve_repository

_HELP: Final = """Serve a git repository of this machine to the lab's workspaces, read-only, until Ctrl-C.

Without a repository a small sample is served. Example: make serve REPO=~/projects/mine
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("serve", help=_HELP)(serve)


def serve(
    repository: Annotated[Path | None, typer.Option("--repository", help="A folder with a git repository.")] = None,
) -> None:
    """Serve it, and say what to type next."""
    chosen = None if repository is None else repository.expanduser()
    with serve_repository(lab_instance(), chosen) as served:
        typer.echo(f"Serving {served.folder.name} as {served.url}; Ctrl-C ends it.\n")
        typer.echo(f"Next, in another terminal:\n  sptcoder up {served.url}")
        signal.signal(signal.SIGTERM, _stop)
        try:
            signal.pause()
        except KeyboardInterrupt:
            typer.echo("\nServed no longer.")


def _stop(number: int, frame: FrameType | None) -> None:
    """End on SIGTERM as on Ctrl-C."""
    del number, frame
    raise KeyboardInterrupt
