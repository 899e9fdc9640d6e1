"""What each tool of an image costs: the layers of its history, named by the steps of the Dockerfile that made them."""

__all__ = ["LayerCost", "cost_table", "layer_costs", "layer_names"]

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from core.errors import SptFlowError

_MIB: Final = 1024**2
_STAGE: Final = re.compile(r"FROM\s+(\S+)\s+AS\s+(\S+)", re.IGNORECASE)
_FROM_STAGE: Final = re.compile(r"--from=(\S+)")
_SCRIPT: Final = re.compile(r"(?<![\w/-])(?:/mnt/[\w/-]+/)?([\w-]+)\.(?:sh|py)(?=[\s;&]|$)")
_HELPERS: Final = {"with-trust", "build-report"}
_WRITING: Final = ("RUN ", "COPY ", "ADD ")
_BASE: Final = "base image"


@dataclass(frozen=True)
class LayerCost:
    """What one part of an image adds to it, in bytes, not compressed."""

    name: str
    size: int


def layer_names(dockerfile: str, target: str) -> list[str]:
    """Return a name for each step of a target that writes a layer, in their order: a tool's script, a stage, a file.

    Raises SptFlowError for a target that is no stage.
    """
    stages: dict[str, tuple[str, list[str]]] = {}
    steps: list[str] = []
    for line in _instructions(dockerfile):
        if found := _STAGE.fullmatch(line):
            steps = []
            stages[found[2]] = (found[1], steps)
        elif line.startswith(_WRITING):
            steps.append(_name(line))
    if target not in stages:
        raise SptFlowError(f"The Dockerfile has no stage {target!r}; its stages are {', '.join(sorted(stages))}.")
    names: list[str] = []
    stage = target
    while stage in stages:
        stage, own = stages[stage]
        names = own + names
    return names


def layer_costs(history: str, names: Sequence[str]) -> list[LayerCost]:
    """Return what each name costs, the dearest first; what lies below the named steps is the base image.

    `history` is `docker history --human=false --no-trunc --format '{{json .}}'`, the newest step first. Raises
    SptFlowError when the image is not one of this Dockerfile.
    """
    entries = [json.loads(line) for line in reversed(history.splitlines()) if line.strip()]
    writing = [number for number, entry in enumerate(entries) if str(entry["CreatedBy"]).startswith(_WRITING)]
    own = writing[len(writing) - len(names) :]
    if len(own) < len(names) or not names:
        raise SptFlowError(f"The image has {len(writing)} written layers, but its Dockerfile names {len(names)} steps.")
    named = dict(zip(own, names, strict=True))
    sizes: dict[str, int] = {}
    for number, entry in enumerate(entries):
        name = named.get(number, _BASE if number < own[0] else "")
        if name:
            sizes[name] = sizes.get(name, 0) + int(entry["Size"])
    return sorted((LayerCost(name, size) for name, size in sizes.items()), key=lambda cost: (-cost.size, cost.name))


def cost_table(costs: Iterable[LayerCost]) -> list[str]:
    """Return the lines of a Markdown table, in MiB; what is below a tenth of one is a sum of its own."""
    costs = list(costs)
    shown = [cost for cost in costs if cost.size >= _MIB / 10]
    rest = [cost for cost in costs if cost.size < _MIB / 10]
    lines = ["| part | MiB |", "|---|---:|", *(f"| {cost.name} | {cost.size / _MIB:.1f} |" for cost in shown)]
    if rest:
        names = ", ".join(sorted(cost.name for cost in rest))
        lines.append(f"| {names} | {sum(cost.size for cost in rest) / _MIB:.1f} |")
    return [*lines, f"| **in all** | **{sum(cost.size for cost in costs) / _MIB:.1f}** |"]


def _instructions(dockerfile: str) -> list[str]:
    """Return one line for each instruction; comments, also those between continued lines, are dropped."""
    lines = [line for line in dockerfile.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return [" ".join(line.split()) for line in "\n".join(lines).replace("\\\n", " ").splitlines()]


def _name(instruction: str) -> str:
    if (found := _FROM_STAGE.search(instruction)) and not instruction.startswith("RUN "):
        return found[1]
    if not instruction.startswith("RUN "):
        return instruction.split()[1].rstrip("/").rpartition("/")[2]
    command = re.sub(r"--mount=\S+", "", instruction)
    scripts = [name for name in _SCRIPT.findall(command) if name not in _HELPERS]
    return _TITLES.get(scripts[0], scripts[0]) if scripts else "other steps"


_TITLES: Final = {"apt-install": "packages of the system", "own-files": "own", "finish_report": "own"}
"""Names that say more than the script's."""
