"""`make ci-image-push`: an image under the tag of its commit, not yet under `latest`."""

__all__ = ["register"]

import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from ci.commands.options import ImageOption, set_output
from ci.image_build import local_reference
from ci.image_push import commit_tag, push_image, repository_of
from ci.registry_login import RegistryLogin

_HELP = """Push the image that was built from this commit, tagged sha-<commit>; write its name by digest into a file.

Signs in with GITHUB_TOKEN if it is set. IMAGE_REPOSITORY is where to; in a workflow ghcr.io/<repository>.
Example: make ci-image-push IMAGE=workspace OUT=pushed.txt
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("image-push", help=_HELP)(command)


def command(
    image: ImageOption,
    out: Annotated[Path, typer.Option("--out", envvar="OUT", help="The file.")] = Path("pushed.txt"),
) -> None:
    """Push the image."""
    local = local_reference(image)
    target = dataclasses.replace(repository_of(image), tag=commit_tag(local))
    pushed = push_image(local, target, RegistryLogin.of_environment())
    out.write_text(f"{pushed}\n", encoding="utf-8")
    set_output("digest", str(pushed.digest))
    typer.echo(f"Pushed {target} as {pushed.digest}")
