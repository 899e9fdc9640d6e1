"""`make ci-drift-issue`: the one issue about a stack's drift, opened, kept up to date or closed."""

__all__ = ["register"]

from pathlib import Path
from typing import Annotated, Literal

import typer

from ci.commands.options import StackOption
from ci.drift_issue import settle_drift
from ci.github_api import GithubApi
from ci.posted_comment import AUTHOR
from ci.stack_name import check_stack_name
from core.errors import UsageError

_HELP = """Open or update the stack's drift issue (DRIFT=true), or close it (DRIFT=false).

Needs GITHUB_TOKEN and GITHUB_REPOSITORY. Example: make ci-drift-issue STACK=prod DRIFT=true REPORT=drift.md
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("drift-issue", help=_HELP)(issue)


def issue(
    stack: StackOption,
    drift: Annotated[Literal["true", "false"], typer.Option("--drift", envvar="DRIFT", help="What `ci-drift` found.")],
    report: Annotated[Path, typer.Option("--report", envvar="REPORT", help="What it wrote.")] = Path("drift.md"),
    author: Annotated[str, typer.Option("--author", envvar="COMMENT_AUTHOR", help="Whose issue it is.")] = AUTHOR,
) -> None:
    """Settle the issue."""
    check_stack_name(stack)
    try:
        text = report.read_text(encoding="utf-8") if drift == "true" else ""
    except OSError as error:
        raise UsageError(f"{report} cannot be read ({error.strerror}).", next_command="make ci-drift") from None
    with GithubApi.of_environment() as api:
        done = settle_drift(api, stack, text, has_drift=drift == "true", author=author)
    words = {"nothing": "There is no drift and no issue.", "opened": "An issue was opened."}
    typer.echo(words.get(done, f"The issue was {done}."))
