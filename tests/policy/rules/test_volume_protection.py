from typing import Any

import pytest

from core.fields import Field
from policies.findings import Findings
from policies.resource import Resource
from policies.rules.volume_protection import VOLUME_PROTECTION, check
from tests.support.analyzer import UNKNOWN, Finding, PackAnalyzer
from tests.support.judged import exempting, judged
from tests.support.workload_kinds import in_list

_CLAIM = "kubernetes:core/v1:PersistentVolumeClaim"
_VOLUME = "kubernetes:core/v1:PersistentVolume"
_SET = "kubernetes:apps/v1:StatefulSet"
_BODY = {"metadata": {"name": "data", "namespace": "tools"}}


def _found(resource_type: str, props: dict[str, Any], *, protect: bool) -> list[Finding]:
    return PackAnalyzer([VOLUME_PROTECTION.policy()]).analyze(resource_type, props, protect=protect)


@pytest.mark.parametrize(
    ("resource_type", "props", "title"),
    [
        (_CLAIM, _BODY, "PersistentVolumeClaim 'tools/data'"),
        (_VOLUME, {"metadata": {"name": "data"}}, "PersistentVolume 'data'"),
        (_SET, {**_BODY, "spec": {"volumeClaimTemplates": [{}]}}, "StatefulSet 'tools/data'"),
        (_SET, {**_BODY, "spec": {"volumeClaimTemplates": "x"}}, "StatefulSet 'tools/data'"),
        (*in_list(_CLAIM, _BODY), "PersistentVolumeClaim 'tools/data'"),
    ],
)
def test_volumes_are_protected(resource_type: str, props: dict[str, Any], title: str) -> None:
    (finding,) = _found(resource_type, props, protect=False)
    assert finding.sentence == f"{title} must be protected: its resource lacks the option protect."
    assert _found(resource_type, props, protect=True) == []


@pytest.mark.parametrize("templates", [None, []])
def test_a_set_without_claims_need_not_be(templates: object) -> None:
    assert _found(_SET, {**_BODY, "spec": {"volumeClaimTemplates": templates}}, protect=False) == []


def test_unknown_templates_are_open() -> None:
    (finding,) = _found(_SET, {**_BODY, "spec": {"volumeClaimTemplates": UNKNOWN}}, protect=False)
    assert finding.level == "ADVISORY"


def test_a_file_has_no_options() -> None:
    findings = Findings()
    check(Resource(_CLAIM, "data", Field(_BODY), options_known=False), {}, findings)
    assert findings.violations == []


def test_other_types_and_exemptions() -> None:
    assert _found("kubernetes:core/v1:ConfigMap", _BODY, protect=False) == []
    exempt = exempting("PersistentVolumeClaim tools/data")
    assert judged(VOLUME_PROTECTION, _CLAIM, _BODY, exemptions=exempt).sentences == []
    expired = exempting("PersistentVolumeClaim tools/data", expires="2020-01-01")
    assert len(judged(VOLUME_PROTECTION, _CLAIM, _BODY, exemptions=expired).sentences) == 1
