"""Builds of the images in images/ with the Docker that the machine has; bases are public unless others are named."""

__all__ = ["IMAGES", "ImageBuild", "build_image", "image_build", "local_reference"]

import json
import os
import re
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import versions
from ci.stack_name import PROJECT_ROOT
from core.command import Command
from core.errors import SptFlowError, UsageError
from images.workspace.arguments import TARGETS, workspace_arguments

IMAGES: Final = ("platform-tools", "workspace")
"""The folders of images/ that are images."""

_ARGUMENT: Final = re.compile(r"[A-Z][A-Z0-9_]*=\S*", re.ASCII)
_REVISION: Final = re.compile(r"[0-9a-f]{7,64}", re.ASCII)
_DIGITS: Final = 12
_REPORT: Final = "build-report.json"


@dataclass(frozen=True)
class ImageBuild:
    """One build: which image, which target of its Dockerfile, the values of its arguments, and the network's trust.

    `trust` is a tar with certificates and registry settings of the network (docs/images.md), None for none.
    """

    name: str
    target: str
    arguments: Mapping[str, str]
    trust: Path | None = field(default=None, repr=False)

    @property
    def dockerfile(self) -> Path:
        """The Dockerfile; its context is the root of the repository."""
        return PROJECT_ROOT / "images" / self.name / "Dockerfile"

    def options(self) -> list[str]:
        """Return the options of `docker build`, but for what becomes of the result."""
        options = ["--progress=plain", "--network=host", "--file", str(self.dockerfile), "--target", self.target]
        options += [f"--build-arg={name}={value}" for name, value in sorted(self.arguments.items())]
        if self.trust is not None:
            options.append(f"--secret=id=host-trust,src={self.trust}")
        return options


def image_build(
    name: str,
    *,
    target: str = "",
    overrides: Sequence[str] = (),
    required: Sequence[str] = (),
    trust: Path | None = None,
) -> ImageBuild:
    """Return the build of an image; raise UsageError for a name, target or NAME=value that is none.

    `overrides` are laid over the arguments that come from versions.py: other bases, for example. `required` are tools
    without which a workspace image is not to be built.
    """
    if name not in IMAGES:
        raise UsageError(f"The image {name[:40]!r} is unknown: images/ has {' and '.join(IMAGES)}.")
    targets = TARGETS if name == "workspace" else (name,)
    if target and target not in targets:
        raise UsageError(f"The target {target[:40]!r} is unknown: {name} has {' and '.join(targets)}.")
    if wrong := [item for item in overrides if _ARGUMENT.fullmatch(item) is None]:
        raise UsageError(f"BUILD_ARGS holds {wrong[0][:60]!r}; words of the form NAME=value are expected.")
    if trust is not None and not trust.is_file():
        raise UsageError(f"The file {trust} of HOST_TRUST is not there; docs/images.md says what it holds.")
    arguments = _arguments(name, required)
    arguments |= dict(item.split("=", 1) for item in overrides)
    return ImageBuild(name, target or targets[-1], arguments, trust)


def local_reference(name: str) -> str:
    """Return the name an image has on the machine that built it: its tag is the commit."""
    return f"localhost/spt-flow/{name}:{_revision()[:_DIGITS]}"


def build_image(build: ImageBuild, reference: str) -> None:
    """Build the image; its progress goes to standard output. Raise SptFlowError when it fails.

    What a workspace image lacks is found out by building its report first, since a label cannot be computed later.
    """
    if build.name == "workspace" and "MISSING_TOOLS" in build.arguments:
        build = replace(build, arguments={**build.arguments, "MISSING_TOOLS": " ".join(_missing(build))})
    _docker_build(*build.options(), *_labels(), "--tag", reference)


def _arguments(name: str, required: Sequence[str]) -> dict[str, str]:
    if name == "workspace":
        return workspace_arguments(required=required)
    return {"POSTGRES_MAJOR": versions.POSTGRES.split(".")[0], "VERSION": versions.PLATFORM}


def _labels() -> list[str]:
    """Return what is known of a build alone, as options: labels of the image that no layer depends on."""
    values = {"revision": _revision(), "created": datetime.now(tz=UTC).isoformat(timespec="seconds")}
    if repository := os.environ.get("GITHUB_REPOSITORY", ""):
        values["source"] = f"{os.environ.get('GITHUB_SERVER_URL', 'https://github.com')}/{repository}"
    return [f"--label=org.opencontainers.image.{name}={value}" for name, value in values.items()]


def _missing(build: ImageBuild) -> list[str]:
    with tempfile.TemporaryDirectory(prefix="spt-flow-ci-") as folder:
        report = replace(build, target=f"{build.target}-report")
        _docker_build(*report.options(), f"--output=type=local,dest={folder}")
        try:
            tools = json.loads(Path(folder, _REPORT).read_text(encoding="utf-8"))["tools"]
            return sorted(str(tool["tool"]) for tool in tools if "missing" in tool)
        except (OSError, ValueError, KeyError, TypeError):
            raise SptFlowError(
                f"The stage {report.target} of {build.dockerfile.relative_to(PROJECT_ROOT)} gave no {_REPORT}."
            ) from None


def _docker_build(*options: str) -> None:
    docker = Command("docker", env={"DOCKER_BUILDKIT": "1"}, cwd=PROJECT_ROOT)
    sys.stdout.flush()
    process = docker.start("build", *options, ".", output=sys.stdout.buffer, new_session=False)
    if process.wait() != 0:
        raise SptFlowError(
            f"The build failed with exit code {process.returncode}; its last lines are above.",
            next_command="mend what they name; the steps before are kept",
        )


def _revision() -> str:
    given = os.environ.get("GITHUB_SHA", "")
    found = given or Command("git", cwd=PROJECT_ROOT).run("rev-parse", "HEAD").stdout.strip()
    if _REVISION.fullmatch(found) is None:
        raise UsageError(f"The commit {found[:40]!r} is none; GITHUB_SHA holds it in a workflow.")
    return found
