"""Builds of the workspace image in the machine's builder, whose steps are kept from run to run."""

from collections.abc import Mapping
from pathlib import Path

from core.command import Command, CommandResult
from images.workspace.arguments import CONTEXT, DOCKERFILE, workspace_arguments
from lab.builder import docker_environment
from lab.builder.client import DOCKER
from lab.images.build_bases import build_base_arguments


def docker(*arguments: str) -> str:
    """Run Docker's client at the builder, which runs, and return what it prints."""
    return Command(str(DOCKER), env=docker_environment(), cwd=CONTEXT).run(*arguments).stdout


def run_build(tag: str, changed: Mapping[str, str], context: Path = CONTEXT) -> CommandResult:
    """Build target slim as a lab does, but for `changed`; what it says is on standard error."""
    arguments = {**workspace_arguments(), **build_base_arguments("slim"), **changed}
    words = [f"--build-arg={name}={value}" for name, value in arguments.items()]
    dockerfile = context / DOCKERFILE.relative_to(CONTEXT)
    options = ("--progress=plain", "--network=host", "--target=slim", f"--file={dockerfile}", f"--tag={tag}")
    client = Command(str(DOCKER), env=docker_environment(), cwd=context)
    return client.run("build", *options, *words, ".", check=False)
