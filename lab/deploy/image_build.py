"""The workspace image of a lab: which target it is, what its build is given, and the daemon while it is made."""

__all__ = ["IMAGE_TYPE", "TARGETS", "ImageBuild", "Target", "image_build"]

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from lab.builder import builder, docker_environment
from lab.deploy.run_events import RunEvents
from lab.deploy.stack_file import PROJECT, StackFile
from lab.display.resource_tree import Change
from lab.images.build_bases import build_base_arguments, load_build_bases
from lab.progress import Progress
from lab.toolchain import Toolchain

IMAGE_TYPE: Final = "docker:index/image:Image"
"""The resource that is a build and a push."""

_MAKES: Final = (Change.CREATED, Change.CHANGED, Change.REPLACED)
_KEY: Final = f"{PROJECT}:workspaceImageBuild"
_MORE: Final = f"{PROJECT}:workspaceImageBuildArgs"

Target = Literal["slim", "full"]
"""A stage of the Dockerfile that is an image."""

TARGETS: Final[tuple[Target, ...]] = ("slim", "full")
"""All of them."""


@dataclass(frozen=True)
class ImageBuild:
    """One lab's way of building: `kept` is the file that holds the target once it has been built."""

    target: Target
    registry: str
    kept: Path
    more_arguments: Mapping[str, str]

    @property
    def settings(self) -> dict[str, object]:
        """Return the settings that the stack file leaves open, by short key."""
        arguments = {**build_base_arguments(self.target), **self.more_arguments}
        return {
            "workspaceImageBuild": self.target,
            "workspaceImagePush": self.registry,
            "workspaceImageBuildArgs": arguments,
        }

    @property
    def environment(self) -> dict[str, str]:
        """Return the variables under which the plugin finds the builder."""
        return docker_environment()

    @contextmanager
    def ready_for(self, planned: RunEvents, toolchain: Toolchain, progress: Progress) -> Iterator[None]:
        """Have the builder run, with the bases in it, if the plan builds an image; else do nothing."""
        if not any(each.type == IMAGE_TYPE and each.change in _MAKES for each in planned.pending_changes()):
            yield
            return
        with builder(progress):
            load_build_bases(toolchain, progress)
            yield

    def keep(self) -> None:
        """Remember the target for the runs to come."""
        self.kept.write_text(f"{self.target}\n", encoding="utf-8")


def image_build(stack: StackFile, kept: Path, *, registry: str, target: Target | None = None) -> ImageBuild | None:
    """Return how the lab builds its image: `target`, or the one in `kept`, or the stack's; None to build none.

    A stack that turns the build off is not overruled by what was kept.
    """
    chosen = target or _chosen(str(stack.config.get(_KEY, "none")), kept)
    if chosen is None:
        return None
    given = stack.config.get(_MORE)
    return ImageBuild(
        target=chosen, registry=registry, kept=kept, more_arguments=given if isinstance(given, dict) else {}
    )


def _chosen(configured: str, kept: Path) -> Target | None:
    if configured not in TARGETS:
        return None
    try:
        before = kept.read_text(encoding="utf-8").strip()
    except OSError:
        before = ""
    return before if before in TARGETS else configured
