import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

import pytest

from core.fields import Field
from policies.findings import Findings
from policies.resource import Resource
from policies.rule import ResourceRule, RuleWords, StackRule, Verdict
from tests.support.analyzer import UNKNOWN, PackAnalyzer
from tests.support.workload_kinds import POD

_TODAY: Final = dt.date(2026, 11, 21)
_WORDS: Final = RuleWords("pod-forbids-evil", "No evil", "Pods must be good.", "Be good.")


def _check(resource: Resource, word: str, findings: Findings) -> None:
    for manifest in resource.manifests(findings):
        evil = manifest.body.get("spec", "evil")
        if not findings.is_open(evil) and evil.value:
            findings.violation(manifest.subject, f"{manifest.subject.title} must not be {word}.")


def _read(config: Mapping[str, Any]) -> str:
    return str(config.get("word", "evil"))


_RULE: Final = ResourceRule(words=_WORDS, read=_read, properties={"word": {"type": "string"}}, check=_check)
_EXEMPTION: Final = {"resource": "Pod coder/thing", "reason": "is being mended", "expires": "2026-11-21"}


def _pod(*, evil: object = True, name: object = "thing") -> Resource:
    return Resource(POD, "logical", Field({"metadata": {"name": name, "namespace": "coder"}, "spec": {"evil": evil}}))


def _judge(pod: Resource, *, today: dt.date = _TODAY, **exemption: str) -> Verdict:
    return _RULE.judge(pod, {"exemptions": [{**_EXEMPTION, **exemption}]}, today)


def _sentences(verdict: Verdict) -> list[str]:
    return [violation.sentence for violation in verdict.violations]


def test_an_exemption_holds_up_to_and_including_its_last_day() -> None:
    verdict = _judge(_pod())
    assert verdict.violations == []
    ((violation, exemption),) = verdict.exempted
    assert violation.sentence == "Pod 'coder/thing' must not be evil."
    assert exemption.reason == "is being mended"


def test_an_expired_exemption_exempts_no_more_and_is_told_with_the_violation() -> None:
    assert _sentences(_judge(_pod(), today=dt.date(2026, 11, 22))) == [
        "Pod 'coder/thing' must not be evil. Its exemption ended on 2026-11-21 (reason: is being mended)."
    ]


def test_an_expired_exemption_is_a_violation_as_long_as_its_object_is_there() -> None:
    verdict = _judge(_pod(evil=False), today=dt.date(2026, 11, 22))
    assert _sentences(verdict) == [
        (
            "The exemption of Pod 'coder/thing' from pod-forbids-evil ended on 2026-11-21 (reason: is being mended): "
            "remove it, or give it a new date."
        )
    ]
    assert _judge(_pod(evil=False, name="other"), today=dt.date(2026, 11, 22)).violations == []


def test_an_exemption_that_is_not_needed_yet_changes_nothing() -> None:
    assert _judge(_pod(evil=False)) == Verdict()


@pytest.mark.parametrize("resource", ["Pod thing", "Pod coder/thin", "Pod coder/thing2", "Deployment coder/thing"])
def test_an_exemption_names_one_object(resource: str) -> None:
    assert len(_judge(_pod(), resource=resource).violations) == 1


@pytest.mark.parametrize("name", ["Thing", None, 5])
def test_an_object_whose_name_only_stands_in_is_not_exempted(name: object) -> None:
    assert len(_judge(_pod(name=name), resource="Pod coder/logical").violations) == 1


def test_a_date_that_is_none_is_an_error_of_the_configuration() -> None:
    with pytest.raises(ValueError, match="month"):
        _judge(_pod(), expires="2026-13-01")


def test_the_configuration_is_read_again_when_it_changes() -> None:
    config = {"word": "bad"}
    assert "bad" in _sentences(_RULE.judge(_pod(), config, _TODAY))[0]
    config["word"] = "worse"
    assert "worse" in _sentences(_RULE.judge(_pod(), config, _TODAY))[0]


def _check_stack(resources: Sequence[Resource], word: str, findings: Findings) -> None:
    for resource in resources:
        _check(resource, word, findings)


_STACK_RULE: Final = StackRule(words=_WORDS, read=_read, check=_check_stack)


def test_a_stack_rule_sees_all_resources_and_has_exemptions_too() -> None:
    config = {"exemptions": [_EXEMPTION]}
    resources = [_pod(), _pod(name="other")]
    assert len(_STACK_RULE.judge(resources, {}, _TODAY).violations) == 2
    verdict = _STACK_RULE.judge(resources, config, _TODAY)
    assert _sentences(verdict) == ["Pod 'coder/other' must not be evil."]
    assert len(verdict.exempted) == 1
    late = _STACK_RULE.judge([_pod(evil=False)], config, dt.date(2027, 1, 1))
    assert _sentences(late)[0].startswith("The exemption of Pod 'coder/thing' from pod-forbids-evil ended")


def test_the_engine_is_told_of_the_violation_and_of_what_is_still_open() -> None:
    analyzer = PackAnalyzer([_RULE.policy()])
    items = [{"kind": "Pod", "spec": {"evil": UNKNOWN}}, {"kind": "Pod", "spec": {"evil": True}}]
    found = analyzer.analyze("kubernetes:core/v1:List", {"items": items})
    assert [(each.level, each.message.splitlines()[-1]) for each in found] == [
        ("MANDATORY", "Pod 'thing[1]' must not be evil."),
        (
            "ADVISORY",
            (
                "can't run policy 'pod-forbids-evil' from policy pack 'pack@v0.0.1' during preview: "
                "string value at .items.0.spec.evil can't be known during preview"
            ),
        ),
    ]


def test_the_engine_hands_over_exemptions_with_the_configuration() -> None:
    analyzer = PackAnalyzer([_RULE.policy()])
    exemption = {**_EXEMPTION, "expires": "9999-12-31"}
    analyzer.configure("pod-forbids-evil", "MANDATORY", exemptions=[exemption])
    props = {"metadata": {"name": "thing", "namespace": "coder"}, "spec": {"evil": True}}
    assert analyzer.analyze(POD, props) == []
