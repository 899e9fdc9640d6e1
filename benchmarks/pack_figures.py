"""What the policy pack costs: many resources through the SDK's own analyzer service, and whether that grows evenly."""

__all__ = ["pack_figures"]

import itertools
from functools import partial
from typing import Final

from benchmarks.figure import Figure, timed
from tests.support.analyzer import UNKNOWN, PackAnalyzer, StackItem, secret
from tests.support.policy_case import load_cases, resolved

_STACK: Final = "prod"
_SIZES: Final = (2_500, 5_000, 10_000)
_SECONDS: Final = 60.0
_EVENNESS: Final = 1.5


def pack_figures() -> list[Figure]:
    """Judge stacks of several sizes, made of the bad programs' resources without their defects, by every rule."""
    analyzer = PackAnalyzer.of_stack(_STACK)
    analyzer.analyze_everything(_stack(100))  # modules loaded
    seconds = {size: timed(partial(analyzer.analyze_everything, _stack(size))) for size in _SIZES}
    smallest, largest = _SIZES[0], _SIZES[-1]
    growth = (seconds[largest] / largest) / (seconds[smallest] / smallest)
    sizes = " and ".join(f"{size:,}" for size in (smallest, largest))
    return [
        *(Figure(f"the pack on {size:,} resources", (seconds[size],), _SECONDS * size / largest) for size in _SIZES),
        Figure(f"time for one resource among {sizes}, as a ratio", (growth,), _EVENNESS, ""),
    ]


def _stack(size: int) -> list[StackItem]:
    """Return that many resources with names of their own."""
    resources = [each for case in load_cases() for each in case.good or ()]
    items = []
    for number, each in zip(range(size), itertools.cycle(resources), strict=False):
        props = resolved(each.props, UNKNOWN, secret)
        name = f"{each.name}-{number}"
        if isinstance(props.get("metadata"), dict):
            props = {**props, "metadata": {**props["metadata"], "name": name}}
        elif "name" in props:
            props = {**props, "name": name}
        items.append(StackItem(each.type, props, name))
    return items
