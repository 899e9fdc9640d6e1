"""Every object of the whole program, stack by stack, against golden files: a file for each of its parts.

`make golden` writes them anew. What Coder's chart makes of the program's values is what the lab's chart makes of them.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from components.manifest import Manifest
from tests.support.program import STACKS, program_of
from tests.support.recording import Registered
from tests.unit.lab.charts.coder_chart import CHART, render

_ROOT: Final = Path(__file__).resolve().parents[3]
_GOLDEN: Final = _ROOT / "tests" / "golden" / "stacks"
_LONGEST: Final = 16_000
_FIRST: Final = ("apiVersion", "kind", "metadata", "name", "namespace")
_RELEASE: Final = "kubernetes:helm.sh/v3:Release"


def _objects(stack: str) -> Mapping[str, list[Manifest]]:
    """Return the objects of a stack by the part of the program that declares them, always in the same order."""
    found = program_of(stack)
    parts: dict[str, list[Manifest]] = defaultdict(list)
    for entry in found.values():
        if entry.type.startswith("kubernetes:"):
            parts[_part(entry, found)].append(_manifest(entry))
    return {part: sorted(parts[part], key=_place) for part in sorted(parts)}


def _part(entry: Registered, found: Mapping[str, Registered]) -> str:
    return _part(found[entry.parent], found) if entry.parent in found else entry.name


def _manifest(entry: Registered) -> Manifest:
    version, kind = entry.type.removeprefix("kubernetes:").rsplit(":", 1)
    manifest: Manifest = _written({"apiVersion": version.removeprefix("core/"), "kind": kind, **entry.inputs})
    return manifest


def _written(value: Any) -> Any:  # noqa: ANN401 - whatever JSON can hold
    """Return a value as a manifest has it: keys in one order, whole numbers, folders of the tree by relative paths."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: (key not in _FIRST, _FIRST.index(key) if key in _FIRST else 0, key))
        return {key: _written(value[key]) for key in keys}
    if isinstance(value, list):
        return [_written(each) for each in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return _text(value) if isinstance(value, str) else value


def _text(text: str) -> str:
    """Return a text without this machine's folders; a whole file of the tree's own is told by its digest."""
    if len(text) > _LONGEST:
        return f"{len(text)} characters, sha256:{hashlib.sha256(text.encode()).hexdigest()}"
    return text.replace(f"{_ROOT}/", "")


def _place(manifest: Manifest) -> tuple[str, str, str]:
    metadata = manifest.get("metadata", manifest)
    return manifest["kind"], metadata.get("namespace", ""), metadata["name"]


def _releases(stack: str) -> Iterator[Mapping[str, Any]]:
    yield from (entry.inputs for entry in program_of(stack).values() if entry.type == _RELEASE)


@pytest.mark.parametrize("stack", STACKS)
def test_the_objects_of_every_part(
    stack: str, golden: Callable[[str, Any], None], request: pytest.FixtureRequest
) -> None:
    parts = _objects(stack)
    if request.config.getoption("--update-golden"):
        for file in (_GOLDEN / stack).glob("*.yaml"):
            file.unlink()
    for part, manifests in parts.items():
        golden(f"stacks/{stack}/{part}", manifests)
    assert {file.stem for file in (_GOLDEN / stack).glob("*.yaml")} == parts.keys(), "files of parts that are gone"


@pytest.mark.parametrize("stack", STACKS)
def test_what_the_labs_chart_makes_of_coders_values(stack: str, golden: Callable[[str, Any], None]) -> None:
    (coder,) = [release for release in _releases(stack) if release["name"] == CHART.name]
    golden(f"stacks/charts/{stack}-coder", render(coder["values"]))


@pytest.mark.parametrize("stack", STACKS)
def test_no_object_is_made_twice(stack: str) -> None:
    places = [
        (manifest["apiVersion"], *_place(manifest)) for manifests in _objects(stack).values() for manifest in manifests
    ]
    assert len(places) > 40
    assert len(places) == len(set(places))
