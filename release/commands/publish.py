"""`make release-tag` and `make release-publish`: whether a tag fits, and the release on GitHub."""

__all__ = ["register"]

from pathlib import Path
from typing import Annotated

import typer

from release.commands.options import FolderOption
from release.publication import check_tag, publish

_TAG_HELP = """Fail unless TAG is that of the version in sptcoder/version.py.

Example: make release-tag TAG=v1.2.3
"""
_HELP = """Publish the files of a release on GitHub under TAG; repeated, it replaces them.

Needs GITHUB_TOKEN and GitHub's program gh. Example: make release-publish TAG=v1.2.3 DIST=dist
"""

TagOption = Annotated[str, typer.Option("--tag", envvar="TAG", help="The tag of the release.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("tag", help=_TAG_HELP)(check)
    app.command("publish", help=_HELP)(publication)


def check(tag: TagOption) -> None:
    """Check it."""
    check_tag(tag)


def publication(tag: TagOption, folder: FolderOption = Path("dist")) -> None:
    """Publish it."""
    publish(folder, tag)
