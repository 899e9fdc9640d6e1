"""`make release-checksums`: checksums, and what package managers are told of them."""

__all__ = ["register"]

from pathlib import Path

import typer

from release.checksums import read_checksums, write_checksums
from release.commands.options import FolderOption
from release.downloads import releases_page
from release.homebrew import FORMULA, formula
from release.scoop import MANIFEST, manifest

_HELP = """Write checksums.txt, the Homebrew formula and the Scoop manifest of the files of a release.

All systems' files have to be there. Example: make release-checksums DIST=dist
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("checksums", help=_HELP)(checksums)


def checksums(folder: FolderOption = Path("dist")) -> None:
    """Write the three, and print where they are."""
    typer.echo(write_checksums(folder))
    sums, page = read_checksums(folder), releases_page()
    for name, text in ((FORMULA, formula(sums, page)), (MANIFEST, manifest(sums, page))):
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
        typer.echo(folder / name)
