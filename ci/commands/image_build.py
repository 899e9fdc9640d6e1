"""`make ci-image-build`: one of the images, built with the Docker that the machine has."""

__all__ = ["register"]

from pathlib import Path
from typing import Annotated

import typer

from ci.commands.options import ImageOption, set_output
from ci.image_build import build_image, image_build, local_reference

_HELP = """Build an image of images/ on public bases, with the versions of versions.py, named after the commit.

BUILD_ARGS="BASE_IMAGE=... GO_IMAGE=..." takes other bases; HOST_TRUST=file hands over the network's certificates and
registry settings, which do not stay. The step's output `reference` is the image's name on this machine.
Example: make ci-image-build IMAGE=workspace TARGET=slim
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("image-build", help=_HELP)(command)


def command(
    image: ImageOption,
    target: Annotated[str, typer.Option("--target", envvar="TARGET", help="slim or full, of the workspace.")] = "",
    build_args: Annotated[str, typer.Option("--build-args", envvar="BUILD_ARGS", help="NAME=value, by spaces.")] = "",
    required: Annotated[
        str, typer.Option("--required", envvar="REQUIRED_TOOLS", help="Tools without which it is not built.")
    ] = "",
    trust: Annotated[str, typer.Option("--host-trust", envvar="HOST_TRUST", help="A tar; see docs/images.md.")] = "",
) -> None:
    """Build the image."""
    build = image_build(
        image,
        target=target,
        overrides=build_args.split(),
        required=required.split(),
        trust=Path(trust).absolute() if trust else None,
    )
    reference = local_reference(image)
    build_image(build, reference)
    set_output("reference", reference)
    typer.echo(f"Built {reference}")
