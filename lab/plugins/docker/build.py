"""Making an image: build, and push unless that is not wanted."""

__all__ = ["make_image", "redactor_of"]

import asyncio
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from core.errors import SptFlowError
from core.image_reference import ImageReference
from lab.plugins.docker.client import DockerClient, DockerFailedError
from lab.plugins.docker.client_config import Login
from lab.plugins.docker.inputs import BuildSettings, ImageSettings
from lab.plugins.docker.kept_pushes import kept_pushes
from lab.plugins.docker.names import registry_host, repository_of
from lab.plugins.protocol.redaction import Redactor
from lab.plugins.protocol.values import Properties, Secret

_PUSHED: Final = re.compile(r"\S+: digest: (?P<digest>sha256:[0-9a-f]{64}) size: \d+")
_OWN_VARIABLES: Final = re.compile(
    r"(?:DOCKER|BUILDKIT|MOBY|XDG|GO|GRPC|SSL|LD)_?\w*|PATH|HOME|TMPDIR|TERM|LANG|LC_\w+", re.IGNORECASE
)
"""Variables that would change how the client itself works."""


def redactor_of(inputs: Properties, login: Login | None) -> Redactor:
    """Return what hides the secrets of the inputs, and a password whether or not it was marked as secret."""
    return Redactor(inputs, [] if login is None else [Secret(login.password), Secret(login.token)])


def login_of(settings: ImageSettings) -> Login | None:
    """Return the program's own credentials; None when the user's are to be used."""
    if not (settings.username and settings.password):
        return None
    return Login(registry_host(settings.server, settings.name), settings.username, settings.password)


async def make_image(settings: ImageSettings, client: DockerClient, *, push: bool) -> Properties:
    """Build and, with `push`, push the image; return its outputs. Raise SptFlowError with the last lines of a failure.

    Without `push` the image's local ID stands for the digest.
    """
    await _pull_caches(settings.build, client)
    await client.say(f"Building {settings.name}")
    image_id = await _build(settings, client)
    outputs: Properties = {
        "baseImageName": settings.name,
        "context": settings.build.context,
        "dockerfile": _relative(settings.build),
        "imageName": settings.name,
        "platform": settings.build.platform,
        "registryServer": settings.server,
        "repoDigest": image_id,
    }
    if push:
        await client.say(f"Pushing {settings.name}")
        outputs["repoDigest"] = await _push(settings.name, image_id, client)
    return outputs


async def _pull_caches(build: BuildSettings, client: DockerClient) -> None:
    for image in build.cache_from:
        try:
            await client.follow("pull", f"--platform={build.platform}", "--", image)
        except DockerFailedError as failure:
            await client.tell(f"The image {image} is not there to take layers from: {failure}")


async def _build(settings: ImageSettings, client: DockerClient) -> str:
    build = settings.build
    by_environment, by_argument = _arguments(build)
    id_file = Path(client.environment["DOCKER_CONFIG"]) / "image-id"
    options = [
        f"--file={build.dockerfile}",
        f"--tag={settings.name}",
        f"--platform={build.platform}",
        f"--iidfile={id_file}",
        "--progress=plain",
        *([f"--target={build.target}"] if build.target else []),
        *([f"--network={build.network}"] if build.network else []),
        *(f"--cache-from={image}" for image in build.cache_from),
        *(f"--add-host={host}" for host in build.add_hosts),
        *(f"--build-arg={name}" for name in by_environment),
        *(f"--build-arg={name}={value}" for name, value in by_argument.items()),
    ]
    try:
        await client.follow("build", *options, "--", build.context, environment=by_environment)
    except DockerFailedError as failure:
        raise SptFlowError(f"The image '{settings.name}' cannot be built:\n{failure}") from None
    return id_file.read_text(encoding="ascii").strip()


def _arguments(build: BuildSettings) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Part the build arguments: those the client takes from its environment, and those it must be told openly."""
    openly = {name: value for name, value in build.args.items() if _OWN_VARIABLES.fullmatch(name)}
    for name in sorted(openly.keys() & build.secret_args):
        raise SptFlowError(
            f"The build argument '{name}' is secret, and has the name of a variable by which the docker client itself "
            f"works: it would have to be told openly. Give it another name in the Dockerfile."
        )
    return {name: value for name, value in build.args.items() if name not in openly}, openly


async def _push(name: str, image_id: str, client: DockerClient) -> str:
    """Push, and return the name by digest that the registry now has the image under."""
    kept = kept_pushes(name, client.environment)
    if kept is not None and (digest := await asyncio.to_thread(kept.push, name, image_id)) is not None:
        return f"{repository_of(name)}@{digest}"
    pushed = await _push_by_client(name, image_id, client)
    if kept is not None:
        await asyncio.to_thread(kept.keep, name, image_id, pushed.rpartition("@")[2])
    return pushed


async def _push_by_client(name: str, image_id: str, client: DockerClient) -> str:
    try:
        lines = await client.follow("push", "--", name)
    except DockerFailedError as failure:
        raise SptFlowError(f"The image '{name}' cannot be pushed:\n{failure}") from None
    repository = repository_of(name)
    for line in reversed(lines):
        if found := _PUSHED.fullmatch(line.strip()):
            return f"{repository}@{found['digest']}"
    # An image may have been pushed to several repositories.
    said = await client.follow("image", "inspect", "--format={{json .RepoDigests}}", "--", image_id)
    for text in json.loads(said[-1]) or []:
        found_reference = ImageReference.parse(text)
        if f"{found_reference.registry}/{found_reference.repository}" == repository:
            return str(found_reference)
    raise SptFlowError(f"The push of the image '{name}' ended without a digest.")


def _relative(build: BuildSettings) -> str:
    """Return where the Dockerfile is, seen from the context."""
    return os.path.relpath(os.path.realpath(build.dockerfile), os.path.realpath(build.context))
