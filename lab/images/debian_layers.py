"""The layers of the Debian-based images: made once, kept in the cache, made anew when what they are made of changes."""

__all__ = ["PYTHON_LAYER", "debian_layers", "ensure_debian_layers"]

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from core.errors import SptFlowError
from lab.images.archive import LayerFile
from lab.images.debian_recipes import BASE, PLATFORM_TOOLS, POSTGRES, Recipe
from lab.images.debian_stage import Workshop
from lab.images.layer_store import LayerStore
from lab.images.python_packages import build_python_packages, python_packages_fingerprint
from lab.images.tree import write_tree
from lab.progress import Progress, Step
from lab.toolchain import Toolchain
from lab.toolchain.lock import held

PYTHON_LAYER = "python-packages"
_TITLE = "Debian images"


@dataclass(frozen=True)
class _Layer:
    """A layer, how its step is called, what it is made of, and how it is made."""

    name: str
    title: str
    fingerprint: str
    build: Callable[[Workshop, "_Layer", Step], None]


def ensure_debian_layers(toolchain: Toolchain, progress: Progress) -> None:
    """Make the layers that are missing; raise SptFlowError, one sentence, for what cannot be had.

    Safe to kill at any point: nothing stays mounted or running, and the next call goes on with the layer at hand.
    """
    store, layers = _store(toolchain), _layers()
    if _missing(store, layers):
        progress.plan([layer.title for layer in layers])
        workshop = Workshop(toolchain.images / "debian" / "work", store)
        try:
            workshop.folder.mkdir(parents=True, exist_ok=True)
            with held(workshop.folder.with_name("lock"), progress):
                _make(workshop, layers, progress)
        except OSError as failure:
            raise SptFlowError(
                f"The layers of the lab's images cannot be written to {store.folder}: {failure.strerror}."
            ) from None
    else:
        progress.plan([_TITLE])
        with progress.step(_TITLE) as step:
            step.unchanged("nothing to make")


def debian_layers(toolchain: Toolchain) -> dict[str, LayerFile]:
    """Return the finished layers by name; raise SptFlowError when one is missing."""
    store, layers = _store(toolchain), _layers()
    missing = _missing(store, layers)
    if missing:
        names = ", ".join(layer.name for layer in missing)
        raise SptFlowError(f"Layers of the lab's images are missing: {names}.", next_command="make toolchain")
    return {layer.name: found for layer in layers if (found := store.find(layer.name, layer.fingerprint))}


def _store(toolchain: Toolchain) -> LayerStore:
    return LayerStore(toolchain.images / "debian")


def _layers() -> list[_Layer]:
    return [
        _packages(BASE),
        _packages(POSTGRES),
        _packages(PLATFORM_TOOLS),
        _Layer(
            PYTHON_LAYER,
            "Python packages of the jobs",
            python_packages_fingerprint(),
            partial(_build_tree, build_python_packages),
        ),
    ]


def _packages(recipe: Recipe) -> _Layer:
    return _Layer(recipe.name, recipe.title, recipe.fingerprint, partial(_build_packages, recipe))


def _missing(store: LayerStore, layers: list[_Layer]) -> list[_Layer]:
    return [layer for layer in layers if store.find(layer.name, layer.fingerprint) is None]


def _make(workshop: Workshop, layers: list[_Layer], progress: Progress) -> None:
    workshop.open()
    for layer in layers:
        with progress.step(layer.title) as step:
            if workshop.store.find(layer.name, layer.fingerprint) is not None:
                step.unchanged("already made")
            else:
                layer.build(workshop, layer, step)
    shutil.rmtree(workshop.folder, ignore_errors=True)


def _build_packages(recipe: Recipe, workshop: Workshop, layer: _Layer, step: Step) -> None:
    with workshop.stage(recipe, step) as stage:
        step.note("writing the layer")
        write = partial(write_tree, stage.upper, since=stage.started, below=stage.below)
        workshop.store.keep(layer.name, layer.fingerprint, write)


def _build_tree(build: Callable[[Workshop, Path, Step], None], workshop: Workshop, layer: _Layer, step: Step) -> None:
    with workshop.scratch(layer.name) as root:
        build(workshop, root, step)
        step.note("writing the layer")
        workshop.store.keep(layer.name, layer.fingerprint, partial(write_tree, root))
