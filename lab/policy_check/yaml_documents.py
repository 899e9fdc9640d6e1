"""YAML as Kubernetes reads it, with the line that each object begins on."""

__all__ = ["MOST_NESTED", "Document", "YamlTextError", "load_documents"]

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from core.errors import UsageError

try:
    from yaml import CSafeLoader as _Base
except ImportError:  # PyYAML built without libyaml
    from yaml import SafeLoader as _Base  # type: ignore[assignment]

_TIMESTAMP: Final = "tag:yaml.org,2002:timestamp"
_MERGE: Final = "tag:yaml.org,2002:merge"
_ITEMS: Final = "items"
_MOST_VALUES: Final = 2_000_000

MOST_NESTED: Final = 200
"""Levels of lists and maps in one another that are read; Kubernetes objects have some twenty."""


class YamlTextError(UsageError):
    """The text is no YAML; the sentence has the line and never the text."""


class _Loader(_Base):
    """Reads an unquoted date as text: JSON, and so the API server, knows no dates."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != _TIMESTAMP]
    for first, resolvers in _Base.yaml_implicit_resolvers.items()
}


@dataclass(frozen=True)
class Document:
    """One document: what it holds, the line it begins on, and the lines of the elements of its `items`."""

    body: Any
    line: int
    item_lines: Mapping[int, int] = field(default_factory=dict)


def load_documents(text: str, name: str) -> list[Document]:
    """Return the documents of a text that are not empty; raise YamlTextError with the line of the first fault."""
    try:
        _refuse_deep(text, name)
        loader = _Loader(text)
        try:
            return list(_documents(loader, name))
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f" at line {mark.line + 1}" if mark is not None else ""
        raise YamlTextError(f"{name} is not valid YAML{where}: {error.problem or 'it cannot be read'}.") from None
    except (yaml.YAMLError, ValueError) as error:
        raise YamlTextError(f"{name} is not valid YAML ({type(error).__name__}).") from None
    except RecursionError:
        raise YamlTextError(f"{name} refers to itself, or is nested too deeply to be read.") from None


def _refuse_deep(text: str, name: str) -> None:
    """Raise YamlTextError for more nesting than the library's C code has room for on its stack."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MOST_NESTED:
            raise YamlTextError(f"{name} is nested too deeply to be read.")


def _documents(loader: Any, name: str) -> Iterator[Document]:  # noqa: ANN401 - one of two loaders of PyYAML
    plain = _Plain(name)
    while loader.check_node():
        node = loader.get_node()
        _refuse_twice(node, name)
        body = plain.of(loader.construct_document(node))
        if body is not None:
            yield Document(body, node.start_mark.line + 1, dict(_item_lines(node)))


def _item_lines(node: yaml.Node) -> Iterator[tuple[int, int]]:
    if not isinstance(node, yaml.MappingNode):
        return
    for key, value in node.value:
        if isinstance(key, yaml.ScalarNode) and key.value == _ITEMS and isinstance(value, yaml.SequenceNode):
            for index, item in enumerate(value.value):
                yield index, item.start_mark.line + 1


def _refuse_twice(top: yaml.Node, name: str) -> None:
    """Raise YamlTextError for a key that stands twice in one map: which of them counts differs from tool to tool."""
    waiting, seen = [top], set[int]()
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        keys: set[str] = set()
        for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
            waiting += [key, value]
            if isinstance(key, yaml.ScalarNode) and key.tag != _MERGE:
                if key.value in keys:
                    line = key.start_mark.line + 1
                    raise YamlTextError(
                        f"{name} is not valid YAML at line {line}: a key stands there for the second time."
                    )
                keys.add(key.value)
        if isinstance(node, yaml.SequenceNode):
            waiting += node.value


class _Plain:
    """Makes what JSON would hold: keys are texts, and there are no bytes, sets or tuples."""

    def __init__(self, name: str) -> None:
        self._name, self._left = name, _MOST_VALUES

    def of(self, value: Any) -> Any:  # noqa: ANN401 - whatever YAML can hold
        """Return a plain value; raise YamlTextError where aliases stand for more values than a file can hold."""
        self._left -= 1
        if self._left < 0:
            raise YamlTextError(f"{self._name} holds more than {_MOST_VALUES:,} values, aliases opened.")
        if isinstance(value, dict):
            return {_key(key): self.of(each) for key, each in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self.of(each) for each in value]
        return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _key(key: object) -> str:
    return str(key).lower() if isinstance(key, bool) or key is None else str(key)
