"""`make ci-post-comment`: the comment on the pull request, written once and changed in place from then on."""

__all__ = ["register"]

from pathlib import Path
from typing import Annotated

import typer

from ci.github_api import GithubApi
from ci.posted_comment import AUTHOR, marked, post_comment, pull_request_number
from core.errors import UsageError

_HELP = """Put the comment on the pull request of the workflow's event, or change the one that is there.

Needs GITHUB_TOKEN and GITHUB_REPOSITORY. Example: make ci-post-comment COMMENT="staging.md prod.md" PULL_REQUEST=17
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("post-comment", help=_HELP)(command)


def command(
    comment: Annotated[
        list[Path],
        typer.Option(
            "--comment", envvar="COMMENT", help="A Markdown file or several; a folder stands for those in it."
        ),
    ],
    pull_request: Annotated[
        int, typer.Option("--pull-request", envvar="PULL_REQUEST", help="Its number; 0 takes the event's.")
    ] = 0,
    author: Annotated[
        str, typer.Option("--author", envvar="COMMENT_AUTHOR", help="Whose comment is changed.")
    ] = AUTHOR,
) -> None:
    """Post the comment."""
    number = pull_request if pull_request > 0 else pull_request_number()
    try:
        files = [file for path in comment for file in (sorted(path.glob("*.md")) if path.is_dir() else [path])]
        parts = [file.read_text(encoding="utf-8") for file in files]
    except OSError as error:
        raise UsageError(
            f"{error.filename} cannot be read ({error.strerror}).", next_command="make ci-comment"
        ) from None
    if not parts:
        raise UsageError("There is nothing to post: the folder holds no Markdown.", next_command="make ci-comment")
    with GithubApi.of_environment() as api:
        done = post_comment(api, number, marked(parts), author=author)
    typer.echo(f"The comment on pull request {number} was {done}.")
