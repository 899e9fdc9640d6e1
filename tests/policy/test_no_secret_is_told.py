"""No message of any rule repeats a secret: each value of a case is one in its turn, marked and unmarked."""

import copy
from collections.abc import Iterator
from typing import Any, Final

import pytest
from pulumi_policy.deserialize import SPECIAL_SIG_KEY

from policies.pack import RULES
from tests.support.analyzer import SECRET_MARK, UNKNOWN, PackAnalyzer, StackItem, secret, stack_config
from tests.support.policy_case import Case, load_cases, resolved

# Well-formed as a name, a path, a tag: what rules may repeat of a value that nobody marks.
_MARKED: Final = secret(SECRET_MARK)
_SAMPLED: Final = ("workload-requires-limits/", "release-requires-pinned-chart/", "service-forbids-exposure/node")
# Well-formed as nothing: nobody may repeat it.
_PLAIN: Final = f"\u00fc {SECRET_MARK} $[ \u2028"
_ALL: Final = load_cases()
# One case for each rule, and a few for all rules together: what they say of the others differs by a word.
_CASES: Final = list({case.rule: case for case in _ALL}.values())
_SAMPLE: Final = [case for case in _ALL if case.name.startswith(_SAMPLED)]


def _places(value: object, way: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, dict) and SPECIAL_SIG_KEY not in value:
        for key, each in value.items():
            yield from _places(each, (*way, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _places(each, (*way, index))
    else:
        yield way


def _with(items: list[StackItem], number: int, way: tuple[str | int, ...], value: object) -> list[StackItem]:
    item = items[number]
    props: Any = copy.deepcopy(dict(item.props))
    here = props
    for key in way[:-1]:
        here = here[key]
    here[way[-1]] = value
    return [*items[:number], StackItem(item.type, props, item.name, item.protect, item.parent), *items[number + 1 :]]


def _variants(case: Case) -> Iterator[list[StackItem]]:
    items = [
        StackItem(each.type, resolved(each.props, UNKNOWN, secret), each.name, each.protect, each.parent)
        for each in case.bad
    ]
    for number, item in enumerate(items):
        for way in _places(item.props):
            if way[-1] in ("apiVersion", "kind"):
                continue
            for value in (_MARKED, _PLAIN):
                yield _with(items, number, way, value)


@pytest.mark.parametrize("case", _CASES, ids=lambda case: case.name)
def test_the_rule_of_a_case_repeats_no_secret(case: Case) -> None:
    rule = next((rule for rule in RULES if rule.words.name == case.rule), None)
    if rule is None:
        pytest.skip("a rule over plans sees no values")
    analyzer = PackAnalyzer([rule.policy()])
    analyzer.configure_all({case.rule: stack_config(case.stack)[case.rule]})
    for items in _variants(case):
        for finding in analyzer.analyze_everything(items):
            assert SECRET_MARK not in finding.message


@pytest.mark.parametrize("case", _SAMPLE[:4], ids=lambda case: case.name)
def test_the_whole_pack_repeats_no_secret(case: Case) -> None:
    analyzer = PackAnalyzer.of_stack(case.stack)
    for items in _variants(case):
        for finding in analyzer.analyze_everything(items):
            assert SECRET_MARK not in finding.message
