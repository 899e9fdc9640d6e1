"""Every bad program through the pack in process: exactly the named rule stops it, and without the defect none does."""

from collections import Counter
from functools import cache

import pytest

from policies.pack import RULES
from tests.support.analyzer import SECRET_MARK, UNKNOWN, Finding, PackAnalyzer, StackItem, secret
from tests.support.policy_case import Case, CaseResource, load_cases, resolved

_ALL = load_cases()


@cache
def _pack(stack: str) -> PackAnalyzer:
    return PackAnalyzer.of_stack(stack)


def _judged(stack: str, resources: tuple[CaseResource, ...]) -> list[Finding]:
    return _pack(stack).analyze_everything(
        [
            StackItem(each.type, resolved(each.props, UNKNOWN, secret), each.name, each.protect, each.parent)
            for each in resources
        ]
    )


def _mandatory(findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.level == "MANDATORY"]


@pytest.mark.parametrize("case", _ALL, ids=lambda case: case.name)
def test_a_bad_program_breaks_the_named_rule_and_no_other(case: Case) -> None:
    findings = _judged(case.stack, case.bad)
    mandatory = _mandatory(findings)
    assert {finding.policy for finding in mandatory} == {case.rule}, mandatory
    assert any(case.sentence in finding.sentence for finding in mandatory), mandatory
    assert SECRET_MARK not in "".join(finding.message for finding in findings)


@pytest.mark.parametrize("case", [case for case in _ALL if case.good is not None], ids=lambda case: case.name)
def test_without_its_defect_the_program_passes(case: Case) -> None:
    assert case.good is not None
    assert _mandatory(_judged(case.stack, case.good)) == []


def test_every_rule_has_cases() -> None:
    assert len(_ALL) >= 80
    counts = Counter(case.rule for case in _ALL)
    assert {rule.words.name for rule in RULES} == counts.keys()
    assert {rule: count for rule, count in counts.items() if count < 3} == {}, "each rule has at least three"
