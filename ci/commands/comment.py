"""`make ci-comment`: a preview as the comment of a pull request."""

__all__ = ["register"]

from pathlib import Path
from typing import Annotated

import typer

from ci.plan import read_plan
from ci.review_comment import review_comment

_HELP = """Write what previews say as Markdown: changes, replacements, deletions, requested amounts.

Example: pulumi preview --json --show-sames > preview.json && make ci-comment PREVIEW=preview.json OUT=comment.md
"""

_NO_REPORT = "## Policies\n\nThe check came to no result; the job's log says why.\n"


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("comment", help=_HELP)(comment)


def comment(
    preview: Annotated[
        list[Path], typer.Option("--preview", envvar="PREVIEW", help="A file of `pulumi preview --json`, or several.")
    ],
    out: Annotated[Path, typer.Option("--out", envvar="OUT", help="The file to write.")] = Path("comment.md"),
    policy: Annotated[
        str, typer.Option("--policy", envvar="POLICY", help="A Markdown report of `make policy` to put at the end.")
    ] = "",
) -> None:
    """Write the comment."""
    # The comment matters most when something went wrong: a report that was not written is said, not an end.
    report = ""
    if policy:
        report = Path(policy).read_text(encoding="utf-8") if Path(policy).is_file() else _NO_REPORT
    text = review_comment([read_plan(path) for path in preview], report)
    out.write_text(text, encoding="utf-8")
    typer.echo(f"{out}: {len(text)} characters")
