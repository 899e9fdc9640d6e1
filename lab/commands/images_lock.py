"""`make images-lock`: which digest each image of a stack has, asked of the registries and written down."""

__all__ = ["register"]

from typing import Annotated
from urllib.parse import urlsplit

import typer

from core.errors import SptFlowError, UsageError
from core.image_lock import IMAGE_LOCKS, ImageLock
from lab.deploy.stack_file import load_stack_file
from lab.image_lock.locking import Locking, lock_images
from lab.image_lock.registry_client import RegistryClient
from settings import engine_texts, load_settings

_VIA_HELP = "Ask a registry at another address: registry.example.com:5000=http://127.0.0.1:5000. May be repeated."


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("images-lock", help="Lock a stack's images to the digests their registries have now.")(images_lock)


def images_lock(
    stack: Annotated[str, typer.Option("--stack", "-s", help="The stack whose images are locked.")],
    via: Annotated[list[str] | None, typer.Option("--via", help=_VIA_HELP)] = None,
) -> None:
    """Lock a stack's images; what could be locked is written even if something could not."""
    stack_file = load_stack_file(stack)
    if stack_file.cluster == "lab":
        raise UsageError(
            f"The stack '{stack}' is the lab's, whose images are made on this machine: there is nothing to lock.",
            next_command="make images-lock STACK=prod",
        )
    settings = load_settings(stack, engine_texts(stack_file.config))
    with RegistryClient(_endpoints(via or [])) as client:
        done = lock_images(settings.images(), ImageLock.read(stack), client.digest)
    done.lock.write(stack)
    _print(done)
    typer.echo(f"{len(done.lock.digests)} of {len(settings.images())} images are locked in {_shown(stack)}.")
    if done.missing:
        raise SptFlowError(
            f"{len(done.missing)} images of stack '{stack}' could not be locked; the policies ask for their digests.",
            next_command=f"make images-lock STACK={stack} VIA=... where their registries can be reached",
        )


def _endpoints(via: list[str]) -> dict[str, str]:
    endpoints = {}
    for entry in via:
        registry, _, url = entry.partition("=")
        parts = urlsplit(url)
        if not registry or parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
            raise UsageError(
                "The option --via must be a registry and the URL at which it is asked, for example "
                "registry.example.com:5000=http://127.0.0.1:5000."
            )
        endpoints[registry] = url
    return endpoints


def _print(done: Locking) -> None:
    for image in done.changed:
        typer.echo(f"locked   {image} -> {done.lock.digests[str(image)]}")
    for image in done.same:
        typer.echo(f"same     {image}")
    for image, reason in done.kept:
        typer.echo(f"kept     {image}: {reason}")
    for image, reason in done.missing:
        typer.echo(f"missing  {image}: {reason}")


def _shown(stack: str) -> str:
    return f"images/{IMAGE_LOCKS.name}/{stack}.json"
