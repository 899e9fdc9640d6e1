"""Every bad program as a real program under the real engine and pack: stopped by the named rule, in its words."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.support.policy_case import Case, CaseResource, load_cases
from tests.support.policy_engine import PolicyEngine, policy_engine
from tests.support.pulumi_engine import find_pulumi

_CLI: Final = find_pulumi()
_ALL: Final = load_cases()
# Programs that pass, of every sort of resource: what is refused is refused for its defect. In process all of them are.
_TWINS: Final = list({case.bad[0].type: case for case in _ALL if case.good is not None}.values())

pytestmark = pytest.mark.skipif(_CLI is None, reason="no pulumi here; make toolchain builds it")


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PolicyEngine]:
    assert _CLI is not None
    with policy_engine(_CLI, tmp_path_factory.mktemp("cases")) as started:
        yield started


def _assert_stopped(engine: PolicyEngine, case: Case) -> None:
    outcome = engine.preview(case.stack, case.bad)
    assert not outcome.passed
    mandatory = [finding for finding in outcome.findings if finding.level == "MANDATORY"]
    assert {finding.policy for finding in mandatory} == {case.rule}, (mandatory, outcome.errors)
    assert any(case.sentence in finding.sentence for finding in mandatory), mandatory
    assert outcome.errors == []


@pytest.mark.parametrize("case", _ALL, ids=lambda case: case.name)
def test_a_bad_program_is_stopped_by_its_rule(engine: PolicyEngine, case: Case) -> None:
    _assert_stopped(engine, case)


@pytest.mark.parametrize("case", _TWINS, ids=lambda case: case.name)
def test_a_program_without_the_defect_passes(engine: PolicyEngine, case: Case) -> None:
    good: tuple[CaseResource, ...] | None = case.good
    assert good is not None
    outcome = engine.preview(case.stack, good)
    assert outcome.passed, (outcome.findings, outcome.errors)


def test_the_pack_stops_a_program_when_the_engine_starts_it_anew(tmp_path: Path) -> None:
    assert _CLI is not None
    with policy_engine(_CLI, tmp_path, resident=False) as engine:
        _assert_stopped(engine, _ALL[0])
