"""Every bad program with every place of it tampered with: rules neither crash, nor look away, nor tell secrets."""

import dataclasses
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Final

import pytest

from policies.pack import RULES
from tests.support.analyzer import SECRET_MARK, UNKNOWN, Finding, PackAnalyzer, StackItem, secret, stack_config
from tests.support.policy_case import UNKNOWN_VALUE, Case, CaseResource, Secret, load_cases, resolved
from tests.support.tampering import GARBAGE, Path, is_related, places, with_value

_ALL: Final = [case for case in load_cases() if case.good is not None]
_SHARE: Final = 5
# Text that has the shape of nothing a rule understands and might repeat.
_SECRET: Final = f"No name, no path: {SECRET_MARK}!"


@cache
def _rule(name: str, stack: str) -> PackAnalyzer:
    analyzer = PackAnalyzer([rule.policy() for rule in RULES if rule.words.name == name])
    analyzer.configure_all({name: stack_config(stack)[name]})
    return analyzer


def _judged(case: Case, resources: Sequence[CaseResource]) -> list[Finding]:
    items = [
        StackItem(each.type, resolved(each.props, UNKNOWN, secret), each.name, each.protect, each.parent)
        for each in resources
    ]
    return _rule(case.rule, case.stack).analyze_everything(items)


def _tampered(case: Case, number: int, path: Path, value: Any) -> list[CaseResource]:  # noqa: ANN401 - any JSON value
    changed = dataclasses.replace(case.bad[number], props=with_value(case.bad[number].props, path, value))
    return [*case.bad[:number], changed, *case.bad[number + 1 :]]


def _places(case: Case) -> Iterator[tuple[int, Path]]:
    for number, resource in enumerate(case.bad):
        for path in places(resource.props):
            yield number, path


def _stops(findings: list[Finding]) -> bool:
    return any(finding.level == "MANDATORY" for finding in findings)


@pytest.mark.parametrize("rule", sorted({case.rule for case in _ALL}))
def test_nothing_crashes_the_rule(rule: str) -> None:
    """Cases of a rule have most places in common: each is tampered with in one of them, by some of the values in turn.

    Around the defect it is every value.
    """
    cases = [case for case in _ALL if case.rule == rule]
    found = {(case.bad[number].type, path): (case, number) for case in cases for number, path in _places(case)}
    values = list(GARBAGE.values())
    for turn, ((_, path), (case, number)) in enumerate(found.items()):
        is_near = any(is_related((number, "props", *path), defect) for defect in case.defect)
        for value in values if is_near else values[turn % _SHARE :: _SHARE]:
            _judged(case, _tampered(case, number, path, value))


@pytest.mark.parametrize("case", _ALL, ids=lambda case: case.name)
def test_an_unknown_value_elsewhere_hides_no_defect(case: Case) -> None:
    known = [*case.defect, *case.rests_on]
    hidden = [
        (number, path)
        for number, path in _places(case)
        if not any(is_related((number, "props", *path), needed) for needed in known)
        and not _stops(_judged(case, _tampered(case, number, path, UNKNOWN_VALUE)))
    ]
    assert hidden == []


@pytest.mark.parametrize("case", _ALL, ids=lambda case: case.name)
def test_a_secret_in_any_place_is_not_told(case: Case) -> None:
    for number, path in _places(case):
        for value in (Secret(_SECRET), _SECRET):
            findings = _judged(case, _tampered(case, number, path, value))
            assert SECRET_MARK not in "".join(finding.message for finding in findings), path
