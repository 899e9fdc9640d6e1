"""`make ci-image-publish`: signature and list of a pushed image, then the tag `latest`."""

__all__ = ["register"]

from pathlib import Path
from typing import Annotated

import typer

from ci.commands.options import ImageOption
from ci.image_push import repository_of
from ci.image_signature import attest, sign, verify
from ci.registry_login import RegistryLogin
from ci.registry_tag import tag_image
from core.errors import UsageError
from core.image_reference import ImageReference, ImageReferenceError

_HELP = """Sign a pushed image by digest, attest its list, check both, and only then let `latest` mean it.

Signs with the identity of the workflow's job, or with COSIGN_KEY. PUSHED is the file of ci-image-push.
Example: make ci-image-publish IMAGE=workspace PUSHED=pushed.txt SBOM=sbom.spdx.json
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("image-publish", help=_HELP)(command)


def command(
    image: ImageOption,
    pushed: Annotated[Path, typer.Option("--pushed", envvar="PUSHED", help="The file of ci-image-push.")] = Path(
        "pushed.txt"
    ),
    sbom: Annotated[Path, typer.Option("--sbom", envvar="SBOM", help="The list.")] = Path("sbom.spdx.json"),
) -> None:
    """Publish the image."""
    reference = _by_digest(image, pushed)
    if not sbom.is_file():
        raise UsageError(f"The list {sbom} is not there.", next_command="make ci-image-sbom")
    login = RegistryLogin.of_environment()
    sign(reference, login)
    attest(reference, sbom, login)
    verify(reference, login)
    tag_image(reference, "latest", login)
    typer.echo(f"Signed {reference}; latest means it now.")


def _by_digest(image: str, pushed: Path) -> ImageReference:
    """Return the image that was pushed; only one of the repository that this workflow pushes to is signed."""
    try:
        reference = ImageReference.parse(pushed.read_text(encoding="utf-8").strip())
    except (OSError, ImageReferenceError) as error:
        raise UsageError(f"{pushed} names no image: {error}.", next_command="make ci-image-push") from None
    target = repository_of(image)
    if reference.digest is None or (reference.registry, reference.repository) != (target.registry, target.repository):
        raise UsageError(f"{pushed} names {reference}, which is not {target} by digest.")
    return reference
