"""Bad programs: declared resources with one defect, the rule that must stop them, and the same without the defect."""

__all__ = ["CASES", "SECRET", "UNKNOWN_VALUE", "Case", "CaseResource", "Secret", "load_cases", "read_case", "resolved"]

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

CASES: Final = Path(__file__).resolve().parents[1] / "policy" / "cases"
"""A folder for each rule, a file for each case; `bases/` has compliant resources that cases start from."""

_BASES: Final = "bases"
_KEYS: Final = {"description", "rule", "sentence", "stack", "resources", "defect", "rests-on"}


class _Mark:
    """A value that stands for itself, however often it is copied."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __deepcopy__(self, memo: object) -> "_Mark":
        return self

    def __repr__(self) -> str:
        return self._name


UNKNOWN_VALUE: Final = _Mark("!unknown")
"""Written `!unknown`: a value that is not known before the update."""

_ABSENT: Final = _Mark("!absent")


@dataclass(frozen=True)
class Secret:
    """Written `!secret text`: a value the engine holds as a secret."""

    value: str


SECRET: Final = "!secret"  # noqa: S105 - a YAML tag


@dataclass(frozen=True)
class CaseResource:
    """One resource of a case: type token, logical name, properties, and the options `protect` and `parent`."""

    type: str
    name: str
    props: dict[str, Any]
    protect: bool = False
    parent: str = ""


@dataclass(frozen=True)
class Case:
    """One bad program. `good` is the same program without the defect, None where the file does not name the defect.

    `defect` has the parts of each pointer from the list of resources to what is wrong, `rests_on` those of pointers to
    what else must be known to see that.
    """

    path: Path
    description: str
    rule: str
    sentence: str
    stack: str
    bad: tuple[CaseResource, ...]
    good: tuple[CaseResource, ...] | None = field(default=None)
    defect: tuple[tuple[str, ...], ...] = ()
    rests_on: tuple[tuple[str, ...], ...] = ()

    @property
    def name(self) -> str:
        """Return the rule and the file, as test ids show it."""
        return f"{self.path.parent.name}/{self.path.stem}"


def load_cases() -> list[Case]:
    """Return every case, sorted by rule and file."""
    return [read_case(path) for path in sorted(CASES.glob("*/*.yaml")) if path.parent.name != _BASES]


def read_case(path: Path) -> Case:
    """Read one file; raise ValueError when it has keys that mean nothing, or is in another rule's folder."""
    content = _load(path)
    if not content.keys() <= _KEYS or content["rule"] != path.parent.name:
        raise ValueError(f"{path} has other keys than {sorted(_KEYS)}, or is not in the folder of its rule")
    bare = [_with_base(each, path) for each in content["resources"]]
    defect = content.get("defect")
    bad = copy.deepcopy(bare)
    places = [_put(bad, pointer, value) for pointer, value in (defect or {}).items()]
    return Case(
        path=path,
        description=content["description"],
        rule=content["rule"],
        sentence=content["sentence"],
        stack=content.get("stack", "prod"),
        bad=tuple(_resources(bad)),
        good=tuple(_resources(bare)) if defect else None,
        defect=tuple(places),
        rests_on=tuple(_parts(pointer) for pointer in content.get("rests-on", ())),
    )


def resolved(value: Any, unknown: Any, secret: Callable[[str], Any]) -> Any:  # noqa: ANN401 - any property
    """Return a property with the marks replaced by what the reader of it takes for unknown and secret values."""
    if value is UNKNOWN_VALUE:
        return unknown
    if isinstance(value, Secret):
        return secret(value.value)
    if isinstance(value, dict):
        return {key: resolved(each, unknown, secret) for key, each in value.items()}
    if isinstance(value, list):
        return [resolved(each, unknown, secret) for each in value]
    return value


def _with_base(entry: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """Return the resource an entry describes: `base` names a file of bases/, `name` gives it another logical name."""
    entry = dict(entry)
    base = entry.pop("base", None)
    if base is None:
        return entry
    found = _load(path.parents[1] / _BASES / f"{base}.yaml")
    changes = entry.pop("change", {})
    resources = [{**found, **entry}]
    for pointer, value in changes.items():
        _put(resources, f"/0{pointer}", value)
    return resources[0]


def _parts(pointer: str) -> tuple[str, ...]:
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:])


def _put(resources: list[dict[str, Any]], pointer: str, value: object) -> tuple[str, ...]:
    """Set, add (list index "-") or remove (`!absent`) what a JSON pointer from the list of resources leads to.

    Return the parts of the pointer, with the index that was added.
    """
    *way, last = _parts(pointer)
    here: Any = resources
    for part in way:
        here = here[int(part)] if isinstance(here, list) else here.setdefault(part, {})
    if isinstance(here, list) and last == "-":
        last = str(len(here))
        here.append(value)
    elif value is _ABSENT:
        del here[int(last) if isinstance(here, list) else last]
    else:
        here[int(last) if isinstance(here, list) else last] = value
    return (*way, last)


def _resources(entries: list[dict[str, Any]]) -> Iterator[CaseResource]:
    for entry in entries:
        options = entry.get("options", {})
        props = _with_type(entry["type"], entry.get("props", {}))
        yield CaseResource(
            entry["type"], entry["name"], props, options.get("protect", False), options.get("parent", "")
        )


def _with_type(token: str, props: dict[str, Any]) -> dict[str, Any]:
    """Add the apiVersion and kind that the SDK's classes add for a Kubernetes object."""
    package, _, rest = token.partition(":")
    version, _, kind = rest.rpartition(":")
    if package != "kubernetes" or version.startswith("helm.sh/"):
        return props
    return {"apiVersion": version.removeprefix("core/"), "kind": kind, **props}


class _Loader(yaml.CSafeLoader):
    """YAML with the marks `!unknown`, `!absent` and `!secret text`, and `!repeated 3 text` for long ones."""


def _repeated(times: str, text: str) -> str:
    return text * int(times)


_Loader.add_constructor("!unknown", lambda _loader, _node: UNKNOWN_VALUE)
_Loader.add_constructor("!absent", lambda _loader, _node: _ABSENT)
_Loader.add_constructor("!repeated", lambda _loader, node: _repeated(*str(node.value).split(" ", 1)))
_Loader.add_constructor(SECRET, lambda _loader, node: Secret(str(node.value)))


def _load(path: Path) -> dict[str, Any]:
    with path.open(encoding="utf-8") as content:
        loaded = yaml.load(content, Loader=_Loader)  # noqa: S506 - a SafeLoader with some tags more
    found: dict[str, Any] = _unshared(loaded)
    return found


def _unshared(value: Any) -> Any:  # noqa: ANN401 - any YAML value
    """Return a value in which what YAML shares by anchors is there twice: a defect is in one place."""
    if isinstance(value, dict):
        return {key: _unshared(each) for key, each in value.items()}
    return [_unshared(each) for each in value] if isinstance(value, list) else value
