"""The tables of sizes in docs/images.md: one for each target of the workspace image that the builder holds."""

__all__ = ["SIZE_PAGE", "measured_table", "put_table"]

from pathlib import Path
from typing import Final

from core.command import Command
from core.errors import SptFlowError
from images.workspace.arguments import DOCKERFILE
from lab.builder import docker_environment
from lab.builder.client import DOCKER
from lab.images.layer_costs import cost_table, layer_costs, layer_names

SIZE_PAGE: Final = Path(__file__).parents[2] / "docs" / "images.md"
"""The page that holds the tables."""

_LABEL: Final = "dev.spt-flow.target"


def measured_table(target: str) -> list[str]:
    """Return the table of the newest image of a target; the builder runs. Raise SptFlowError if it has none."""
    docker = Command(str(DOCKER), env=docker_environment())
    found = docker.run("image", "ls", "--quiet", "--filter", f"label={_LABEL}={target}").stdout.split()
    if not found:
        raise SptFlowError(
            f"The image builder has no image of target {target}.", next_command=f"make image TARGET={target}"
        )
    history = docker.run("history", "--human=false", "--no-trunc", "--format", "{{json .}}", found[0]).stdout
    return cost_table(layer_costs(history, layer_names(DOCKERFILE.read_text(encoding="utf-8"), target)))


def put_table(page: str, target: str, table: list[str]) -> str:
    """Return the page with the table of a target in place of the one before; raise SptFlowError without its marks."""
    begin, end = (f"<!-- sizes of {target}: {word} -->" for word in ("begin", "end"))
    before, found, rest = page.partition(begin)
    _, ended, after = rest.partition(end)
    if not found or not ended:
        raise SptFlowError(f"{SIZE_PAGE.name} has no place for the sizes of {target}: the marks {begin} and {end}.")
    return "\n".join([before + begin, "", *table, "", end + after])
