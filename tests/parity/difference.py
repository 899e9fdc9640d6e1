"""Where two sides of a row differ, and how that is told."""

__all__ = ["Difference", "compare", "table"]

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tests.parity.observation import Observation


@dataclass(frozen=True)
class Difference:
    """One thing that is not the same: `aspect` is one of the kinds below, `item` the operation, path or name."""

    case: str
    step: str
    resource: str
    aspect: str
    item: str
    official: str
    ours: str

    def __str__(self) -> str:
        where = " / ".join(part for part in (self.step, self.resource, self.aspect, self.item) if part)
        return f"{where}: official {self.official}, ours {self.ours}"


def compare(case: str, step: str, official: Observation, ours: Observation) -> list[Difference]:
    """Return every difference between the two observations of one step."""

    def lines() -> Iterator[tuple[str, str, str, object, object]]:
        yield "", "outcome", "", _outcome(official), _outcome(ours)
        for name in sorted(official.operations.keys() | ours.operations.keys()):
            yield name, "operations", "", _joined(official, name), _joined(ours, name)
        yield from _nested("detail", official.details, ours.details)
        yield from _nested("previewed", official.previewed, ours.previewed)
        yield from _state(official, ours)

    return [
        Difference(case, step, resource, aspect, item, str(left), str(right))
        for resource, aspect, item, left, right in lines()
        if left != right
    ]


def _outcome(seen: Observation) -> str:
    return "succeeded" if seen.succeeded else "failed"


def _joined(seen: Observation, name: str) -> str:
    return ", ".join(seen.operations.get(name, [])) or "none"


def _nested(
    aspect: str, official: Mapping[str, Mapping[str, str]], ours: Mapping[str, Mapping[str, str]]
) -> Iterator[tuple[str, str, str, object, object]]:
    for name in sorted(official.keys() | ours.keys()):
        left, right = official.get(name, {}), ours.get(name, {})
        for path in sorted(left.keys() | right.keys()):
            yield name, aspect, path, left.get(path, "none"), right.get(path, "none")


def _state(official: Observation, ours: Observation) -> Iterator[tuple[str, str, str, object, object]]:
    for name in sorted(official.state.keys() | ours.state.keys()):
        left, right = official.state.get(name), ours.state.get(name)
        if left is None or right is None:
            yield name, "state", "", _there(left), _there(right)
            continue
        yield name, "id", "", left.id, right.id
        yield name, "init errors", "", left.init_errors, right.init_errors
        for aspect, here, there in (
            ("outputs", left.outputs, right.outputs),
            ("inputs", left.inputs, right.inputs),
            ("secrets", left.secrets, right.secrets),
        ):
            for path in sorted(here ^ there):
                yield name, aspect, path, _there(path in here or None), _there(path in there or None)


def _there(value: object) -> str:
    return "absent" if value is None else "present"


def table(differences: list[Difference]) -> str:
    """Return the differences a line each, grouped by case."""
    lines: list[str] = []
    for case in dict.fromkeys(difference.case for difference in differences):
        lines.append(f"{case}:")
        lines += [f"  {difference}" for difference in differences if difference.case == case]
    return "\n".join(lines)
