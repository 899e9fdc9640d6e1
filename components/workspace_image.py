"""The workspace image, built from images/workspace/ and pushed into the registry, under each of its tags."""

__all__ = ["WorkspaceImage", "WorkspaceImageArgs", "digest_reference"]

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, NotRequired, TypedDict

import pulumi
import pulumi_docker as docker

from core.errors import SptFlowError
from core.image_reference import ImageReference, ImageReferenceError
from images.workspace.arguments import CONTEXT, DOCKERFILE

_PLATFORM: Final = "linux/amd64"
# A build reaches what its machine reaches: a proxy on the loopback device, for example.
_NETWORK: Final = "host"


class WorkspaceImageArgs(TypedDict):
    """What is built, and where it goes."""

    registry: pulumi.Input[str]
    """Host and port of the registry as the cluster's nodes know it."""
    push: NotRequired[pulumi.Input[str]]
    """The same registry as the machine that builds reaches it, if that is another name."""
    user: NotRequired[str]
    """Who pushes; nobody signs in if left out."""
    password: NotRequired[pulumi.Input[str]]
    """The user's password."""
    repository: str
    """Path in the registry."""
    tags: Mapping[str, str]  # no Input: each is a resource, named by the key
    """Tags by what they say; the first one stands for this very content."""
    target: str
    """Target of the Dockerfile."""
    build_args: Mapping[str, pulumi.Input[str]]
    """Values of the Dockerfile's ARGs."""


class WorkspaceImage(pulumi.ComponentResource):
    """An image whose tags are made one after the other: the first is work, the others find it done.

    It is built anew when a file of its context, an argument or the target changes. Nothing is removed from the
    registry. If build or push fails, the output keeps its value, and whatever uses the image before goes on doing so.
    """

    reference: pulumi.Output[str]
    """The image by digest, as the cluster's nodes pull it."""

    def __init__(self, name: str, args: WorkspaceImageArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("spt-flow:index:WorkspaceImage", name, None, opts)
        push = args.get("push", args["registry"])
        made: list[docker.Image] = []
        for kind, tag in args["tags"].items():
            image = docker.Image(
                f"{name}-{kind}",
                image_name=pulumi.Output.concat(push, "/", args["repository"], ":", tag),
                build=_build(args),
                registry=_credentials(args, push),
                opts=pulumi.ResourceOptions(parent=self, depends_on=made[-1:]),
            )
            made.append(image)
        self.reference = pulumi.Output.all(args["registry"], args["repository"], made[0].repo_digest).apply(
            _pulled_reference
        )
        self.register_outputs({"reference": self.reference})


def digest_reference(registry: str, repository: str, pushed: str) -> str:
    """Return the reference of what was pushed as `pushed`, by digest, in the registry's other name.

    Raise SptFlowError if that is no reference with a digest.
    """
    try:
        digest = ImageReference.parse(pushed).digest
    except ImageReferenceError:
        digest = None
    if digest is None:
        raise SptFlowError(
            f"The push of the workspace image gave {pushed!r}, where a reference with a digest is expected.",
            next_command="make up",
        )
    return str(replace(ImageReference.parse(f"{registry}/{repository}"), digest=digest))


def _pulled_reference(known: list[str]) -> str:
    return digest_reference(*known)


def _build(args: WorkspaceImageArgs) -> docker.DockerBuildArgs:
    return docker.DockerBuildArgs(
        args=dict(args["build_args"]),
        builder_version=docker.BuilderVersion.BUILDER_BUILD_KIT,
        context=str(CONTEXT),
        dockerfile=str(DOCKERFILE),
        network=_NETWORK,
        platform=_PLATFORM,
        target=args["target"],
    )


def _credentials(args: WorkspaceImageArgs, push: pulumi.Input[str]) -> docker.RegistryArgs | None:
    user = args.get("user")
    if not user:
        return None
    return docker.RegistryArgs(server=push, username=user, password=pulumi.Output.secret(args.get("password", "")))
