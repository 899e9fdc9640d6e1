"""`make lint`, the part that needs programs of its own: workflows, Terraform, Dockerfiles."""

__all__ = ["register"]

import sys
from pathlib import Path

import typer

from core.errors import SptFlowError
from lab.deploy.stack_file import PROJECT_ROOT
from lab.display import open_progress
from lab.lint.linter import lint
from lab.toolchain import ensure_lint_tools


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("lint", help="Check workflows, the format of Terraform files, and Dockerfiles.")(check)


def check() -> None:
    """Run the linters; exit 1 with all their complaints."""
    with open_progress() as progress:
        tools = ensure_lint_tools(progress)
    complaints = lint(PROJECT_ROOT, (tools.bin, Path(sys.executable).parent))
    if complaints:
        typer.echo("\n\n".join(complaints))
        raise SptFlowError("Some files do not pass their linter.", next_command="mend what is listed above")
