"""What the pack says of each workload in the corpus that the cluster is asked about, too."""

import datetime as dt
import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from core.fields import Field
from policies.pack import RULES
from policies.resource import Resource
from policies.rule import ResourceRule
from tests.support.admission_case import API_PATHS, AdmissionCase, load_corpus

_CONFIG: Final = Path(__file__).resolve().parents[2] / "policies" / "config" / "prod.json"
_CASES: Final = load_corpus()


def _config(case: AdmissionCase) -> Mapping[str, Mapping[str, Any]]:
    config: dict[str, dict[str, Any]] = json.loads(_CONFIG.read_text(encoding="utf-8"))
    config["image-requires-digest"]["required"] = case.digests
    return config


@pytest.mark.parametrize("case", _CASES, ids=lambda case: case.name)
def test_the_pack_breaks_and_keeps_the_rules_of_the_case(case: AdmissionCase) -> None:
    resource = Resource(case.type, "demo", Field(case.manifest))
    config = _config(case)
    sentences: list[str] = []
    broken = set()
    for rule in RULES:
        if isinstance(rule, ResourceRule):
            verdict = rule.judge(resource, config[rule.words.name], dt.date.min)
            assert not verdict.unknown
            sentences += [violation.sentence for violation in verdict.violations]
            broken |= {rule.words.name} if verdict.violations else set()
    assert broken == (case.rules if case.bad else set()), sentences
    if case.bad:
        assert any(case.sentence in sentence for sentence in sentences), sentences


def test_the_corpus_is_broad() -> None:
    assert len(_CASES) >= 120
    assert {case.manifest["kind"] for case in _CASES if case.bad} == set(API_PATHS)
    assert {case.manifest["kind"] for case in _CASES if not case.bad} == set(API_PATHS)
    rules = Counter(rule for case in _CASES for rule in case.rules if case.bad)
    assert min(rules.values()) >= 2
    assert all(case.sentence for case in _CASES if case.bad)
