"""Times of whole commands, in a lab of the benchmark's own beside any other: `up`, `preview`, lab start, cold clone."""

__all__ = ["cold_figure", "lab_figures"]

import os
from collections.abc import Mapping
from pathlib import Path

from benchmarks.cli_figures import up_figure
from benchmarks.coder_figures import archive_figure, coder_figures
from benchmarks.figure import Figure, timed
from benchmarks.image_figures import build_in_workspace_figure, image_figures
from benchmarks.make_target import make
from benchmarks.memory_figures import memory_figure
from benchmarks.own_lab import lab_environment, own_lab
from benchmarks.registry_figures import registry_figures
from core.command import Command
from lab.cluster import start_lab, stop_lab
from lab.deploy.stack_file import PROJECT_ROOT
from lab.instance import LabInstance
from lab.progress import Progress, SilentProgress
from lab.toolchain import ensure_toolchain

_SLOT = 40
_REPEATS = 5


def lab_figures(folder: Path, progress: Progress) -> list[Figure]:
    """Measure with the toolchain in place and no lab of this name running; everything is removed again."""
    with own_lab(_SLOT) as instance:
        commands = _command_figures(lab_environment(instance), progress)
        toolchain = ensure_toolchain(SilentProgress())
        coder = coder_figures(instance, toolchain, folder, progress)
        up = up_figure(instance, toolchain, folder, progress)
        image = image_figures(instance, toolchain, progress)
        registry = registry_figures(instance, toolchain, folder, progress)
        memory = memory_figure(instance, toolchain, progress)
        if os.environ.get("FULL") == "1":
            with progress.step("The full image, which has Go: make image"):
                make("image", lab_environment(instance))
            image += build_in_workspace_figure(instance, toolchain, folder, progress)
        with progress.step("Lab start to node Ready, 3 times"):
            starts = tuple(_lab_start(instance) for _ in range(3))
    return [
        *commands,
        Figure("lab start to node Ready, addons included", starts, 20),
        archive_figure(),
        *coder,
        up,
        *image,
        *registry,
        memory,
    ]


def _command_figures(environment: Mapping[str, str], progress: Progress) -> list[Figure]:
    with progress.step("Warm: up with tools cached and no lab running"):
        warm = timed(lambda: make("up", environment))
    with progress.step(f"up with nothing to change, {_REPEATS} times"):
        unchanged = tuple(timed(lambda: make("up", environment)) for _ in range(_REPEATS))
    with progress.step(f"preview, {_REPEATS} times"):
        preview = tuple(timed(lambda: make("preview", environment)) for _ in range(_REPEATS))
    return [
        Figure("warm `make up` with Coder: tools cached, no lab running", (warm,), 200),
        Figure("`make up` with nothing to change", unchanged, 8),
        Figure("`make preview`", preview, 4),
    ]


def cold_figure(folder: Path, progress: Progress) -> Figure:
    """Measure a fresh clone with an empty cache: everything is fetched and built."""
    clone = folder / "clone"
    environment = {
        "XDG_CACHE_HOME": str(folder / "cache"),
        "SPT_FLOW_LAB_NAME": "cold",
        "SPT_FLOW_LAB_SLOT": str(_SLOT + 1),
    }

    def clone_and_up() -> None:
        Command("git").run("clone", "--quiet", str(PROJECT_ROOT), str(clone))
        make("up", environment, folder=clone)

    try:
        with progress.step("Cold: clone to deployed, with an empty cache"):
            seconds = timed(clone_and_up)
    finally:
        if (clone / "Makefile").exists():
            make("down", environment, "YES=1", "PURGE=1", folder=clone)
    return Figure("cold: clone to deployed, nothing cached", (seconds,), 20 * 60)


def _lab_start(instance: LabInstance) -> float:
    stop_lab(instance, SilentProgress())
    os.sync()
    toolchain = ensure_toolchain(SilentProgress())
    return timed(lambda: start_lab(instance, toolchain, SilentProgress()))
