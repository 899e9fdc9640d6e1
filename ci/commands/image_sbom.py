"""`make ci-image-sbom`: the list of what is in an image."""

__all__ = ["register"]

from pathlib import Path
from typing import Annotated

import typer

import versions
from ci.commands.options import ImageOption
from ci.image_build import local_reference
from ci.image_sbom import write_sbom

_HELP = """Write the list of what is in an image (SPDX, JSON), by syft.

SOURCE names the image as syft does (docker:..., registry:..., oci-archive:file.tar); without it it is the one that was
built from this commit. Example: make ci-image-sbom IMAGE=workspace OUT=sbom.spdx.json
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("image-sbom", help=_HELP)(command)


def command(
    image: ImageOption,
    out: Annotated[Path, typer.Option("--out", envvar="OUT", help="The list.")] = Path("sbom.spdx.json"),
    source: Annotated[str, typer.Option("--source", envvar="SOURCE", help="Another image.")] = "",
) -> None:
    """Write the list."""
    found = write_sbom(source or f"docker:{local_reference(image)}", image, versions.PLATFORM, out)
    told = ", ".join(f"{count} {kind}" for kind, count in found.most_common())
    typer.echo(f"{out}: {found.total()} packages ({told})")
