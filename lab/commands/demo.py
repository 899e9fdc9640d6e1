"""`make demo`: a workspace from a repository on this machine, on the Coder of the running lab."""

__all__ = ["register"]

import json
import signal
import sys
import time
from dataclasses import asdict
from types import FrameType
from typing import Annotated

import typer
from rich.console import Console

from lab.commands.options import lab_instance
from lab.demo import DemoResult, run_demo
from lab.deploy.engine import scrub_environment
from lab.display import open_progress
from lab.display.duration import duration
from lab.toolchain import Toolchain, toolchain_bin


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command(
        "demo",
        help="Start a workspace from a small repository served on this machine, run a command in it, delete it.",
    )(demo)


def demo(
    *,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the workspace running.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object; steps go to stderr.")] = False,
) -> None:
    """Show the platform at work; needs the lab of `make up`."""
    started = time.monotonic()
    instance = lab_instance()
    # What a running lab was brought up with; without one nothing is built.
    toolchain = Toolchain(bin=toolchain_bin(), images=toolchain_bin().parent / "images")
    scrub_environment()
    signal.signal(signal.SIGTERM, _stop)
    with open_progress(Console(stderr=True, highlight=False) if as_json else None) as progress:
        result = run_demo(instance, toolchain, progress, keep=keep)
    seconds = round(time.monotonic() - started, 2)
    sys.stdout.write(_json(result, seconds) if as_json else _text(result, seconds))


def _stop(number: int, frame: FrameType | None) -> None:
    """Clean up on SIGTERM as on Ctrl-C."""
    del number, frame
    raise KeyboardInterrupt


def _json(result: DemoResult, seconds: float) -> str:
    return json.dumps({**asdict(result), "seconds_in_all": seconds}, indent=2) + "\n"


def _text(result: DemoResult, seconds: float) -> str:
    ready = duration(result.seconds["create"] + result.seconds["ready"])
    lines = [
        "",
        f"In the workspace {result.workspace}, by coder ssh:",
        *(f"  {line}" for line in result.output),
        "",
        f"Coder {result.version} at {result.coder}: agent ready after {ready}, the whole demo {duration(seconds)}.",
    ]
    if result.kept:
        lines.append(f"The workspace {result.workspace} stays until 'make down'; its repository is served no longer.")
    return "\n".join(lines) + "\n"
