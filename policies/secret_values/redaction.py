"""No message repeats what a program marks as secret, whatever a rule makes of it."""

__all__ = ["redacted"]

import dataclasses
from collections.abc import Iterable
from typing import Final

from core.fields import Field
from policies.findings import Violation
from policies.secret_values.marks import MarkedText
from policies.subjects.leaves import leaves

_STAND_IN: Final = "[secret]"
# Shorter ones are switches and numbers: without them sentences could not be read.
_LEAST_LENGTH: Final = 4


def redacted(violations: list[Violation], properties: Iterable[Field]) -> list[Violation]:
    """Return the violations with every marked text of the properties taken out of their sentences.

    Rules repeat values that they understood: a quantity, a name, a path. A secret may be any of these.
    """
    if not violations:
        return violations
    values = [leaf.field.value for each in properties for leaf in leaves(each)]
    texts = {str(value) for value in values if isinstance(value, MarkedText) and len(value) >= _LEAST_LENGTH}
    # The longest first, since one may be a part of another.
    hidden = sorted(texts, key=len, reverse=True)
    return [dataclasses.replace(each, sentence=_without(each.sentence, hidden)) for each in violations]


def _without(sentence: str, hidden: Iterable[str]) -> str:
    for text in hidden:
        sentence = sentence.replace(text, _STAND_IN)
    return sentence
