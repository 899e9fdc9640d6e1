"""Writing CEL: literals, figures that differ by namespace, and complaints about pods and their containers."""

__all__ = ["about_containers", "about_places", "about_pod", "by_namespace", "joined", "literal"]

import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias

_Plain: TypeAlias = str | bool | Sequence[str]


def literal(value: _Plain) -> str:
    """Return a text, a truth value or a list of texts as CEL, whose literals are those of JSON."""
    return json.dumps(value if isinstance(value, str | bool) else list(value))


def by_namespace(values: Mapping[str, _Plain]) -> str:
    """Return the value for the namespace of the request; the binding selects no namespace without one."""
    pairs = ", ".join(f"{literal(name)}: {literal(value)}" for name, value in values.items())
    return "{" + pairs + "}[request.namespace]"


def about_containers(*cases: tuple[str, str], of: str = "variables.containers") -> str:
    """Return the complaints about containers: the words of the first case whose condition holds for it.

    A case is a condition and the rest of a sentence that begins with "The container 'x' of Deployment 'ns/x' ", both
    CEL; `c.fields` is the container.
    """
    return _complaints(cases, of, '"The " + c.title + " of " + variables.title + " "')


def about_places(*cases: tuple[str, str]) -> str:
    """Return the complaints about the pod and its containers; `c.security` is the security context."""
    return _complaints(cases, "variables.places", 'c.title + " "')


def about_pod(condition: str, words: str) -> str:
    """Return the complaint about the pod as a whole, if the condition holds; `words` go on after its title."""
    return f'({condition} ? [variables.podTitle + " " + {words}] : [])'


def joined(*lists: str) -> str:
    """Return the concatenation of lists."""
    return "\n+ ".join(lists)


def _complaints(cases: Sequence[tuple[str, str]], of: str, subject: str) -> str:
    condition = " ||\n    ".join(f"({condition})" for condition, _ in cases)
    words = "".join(f"({condition}) ? {words} :\n    " for condition, words in cases[:-1]) + cases[-1][1]
    return f"{of}.map(c, {condition},\n  {subject} + ({words}))"
