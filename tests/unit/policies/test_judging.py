import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

from pulumi_policy.proxy import UNKNOWN_STRING_VALUE

from policies.change import Change
from policies.change_rule import ChangeRule
from policies.config_file import PackConfig, RuleConfig
from policies.findings import Findings
from policies.judging import judge, known_resource
from policies.report import ALL_RESOURCES, BrokenRule, ExemptedViolation, ListedExemption, OpenCheck, Report
from policies.resource import Resource
from policies.rule import ResourceRule, RuleWords, StackRule

_TODAY: Final = dt.date(2026, 11, 21)
_POD: Final = "kubernetes:core/v1:Pod"


def _words(name: str) -> RuleWords:
    return RuleWords(name, name, "It is a rule.", "Do it.")


def _nothing(config: Mapping[str, Any]) -> None:
    del config


def _each(resource: Resource, config: None, findings: Findings) -> None:
    """Complain of each object that has no colour, and wait for a colour that is unknown."""
    del config
    for manifest in resource.manifests(findings):
        colour = manifest.body.get("spec", "colour")
        if not findings.is_open(colour) and colour.is_missing:
            findings.violation(manifest.subject, f"{manifest.subject.title} has no colour.")


def _many(resources: Sequence[Resource], config: None, findings: Findings) -> None:
    del config
    if len(resources) > 1:
        findings.violation(resources[0].subject, f"There are {len(resources)}.")


def _plan(changes: Sequence[Change], config: None, findings: Findings) -> None:
    del config
    for change in changes:
        findings.violation(Resource(change.type, change.name, change.old).subject, f"It is {change.operation}.")


_EACH: Final = ResourceRule(_words("each"), _nothing, check=_each)
_MANY: Final = StackRule(_words("many"), _nothing, check=_many)
_PLAN: Final = ChangeRule(_words("plan"), _nothing, check=_plan)


def _pod(name: str, spec: Mapping[str, Any], origin: str = "") -> Resource:
    body = {"metadata": {"name": name, "namespace": "coder"}, "spec": dict(spec)}
    return Resource(_POD, name, known_resource(body), origin=origin)


def _judge(resources: Sequence[Resource], config: PackConfig, *changes: Change, gap: str = "") -> Report:
    return judge(resources, changes, config, _TODAY, rules=(_EACH, _MANY), change_rules=(_PLAN,), stack_gap=gap)


def test_every_kind_of_rule_is_asked_at_its_level() -> None:
    config = PackConfig({"many": RuleConfig("advisory")})
    pods = [_pod("a", {}), _pod("b", {"colour": "red"}), _pod("c", {}, origin="rendered by Release 'x'")]
    report = _judge(pods, config, Change("delete", _POD, "old", "urn"))
    assert report.violations == (
        BrokenRule("mandatory", "each", "Pod coder/a", "Pod 'coder/a' has no colour."),
        BrokenRule(
            "mandatory",
            "each",
            "Pod coder/c",
            "Pod 'coder/c' rendered by Release 'x' has no colour.",
            "rendered by Release 'x'",
        ),
        BrokenRule("mandatory", "plan", "Pod old", "It is delete."),
        BrokenRule("advisory", "many", "Pod a", "There are 3."),
    )
    assert len(report.mandatory) == 3
    assert report.resources == 3


def test_disabled_rules_are_not_asked() -> None:
    disabled = PackConfig({name: RuleConfig("disabled") for name in ("each", "many", "plan")})
    report = _judge([_pod("a", {}), _pod("b", {})], disabled, Change("delete", _POD, "old", "urn"))
    assert report == Report(resources=2)


def test_what_is_unknown_is_listed_with_its_place_and_hides_nothing_else() -> None:
    report = _judge([_pod("a", {"colour": UNKNOWN_STRING_VALUE}), _pod("b", {})], PackConfig(), gap="half of it")
    assert report.undecided == (
        OpenCheck("mandatory", "each", "Pod coder/a", "spec.colour"),
        OpenCheck("mandatory", "many", ALL_RESOURCES, "half of it"),
    )
    assert [each.resource for each in report.violations] == ["Pod coder/b"]
    advisory = _judge([_pod("a", {"colour": UNKNOWN_STRING_VALUE})], PackConfig(level="advisory"))
    assert (len(advisory.undecided), advisory.mandatory_undecided) == (1, ())


def test_the_place_in_a_list_has_its_number() -> None:
    listed = {"kind": "PodList", "apiVersion": "v1", "items": [{"spec": {"colour": UNKNOWN_STRING_VALUE}}]}
    resource = Resource("kubernetes:core/v1:PodList", "all", known_resource(listed))
    assert [each.place for each in _judge([resource], PackConfig()).undecided] == ["items[0].spec.colour"]


def test_exemptions_are_valid_expired_or_unused_and_all_are_listed() -> None:
    def exemption(name: str, expires: str) -> dict[str, str]:
        return {"resource": f"Pod coder/{name}", "reason": "it has a reason", "expires": expires}

    given = [exemption("a", "2026-11-21"), exemption("b", "2026-11-20"), exemption("gone", "2027-01-01")]
    report = _judge(
        [_pod("a", {}), _pod("b", {})],
        PackConfig({"each": RuleConfig(properties={"exemptions": given}), "many": RuleConfig("disabled")}),
    )
    assert report.exemptions == (
        ListedExemption("each", "Pod coder/a", "it has a reason", dt.date(2026, 11, 21), "valid"),
        ListedExemption("each", "Pod coder/b", "it has a reason", dt.date(2026, 11, 20), "expired"),
        ListedExemption("each", "Pod coder/gone", "it has a reason", dt.date(2027, 1, 1), "unused"),
    )
    assert report.exempted == (
        ExemptedViolation(
            "each", "Pod coder/a", "Pod 'coder/a' has no colour.", "it has a reason", dt.date(2026, 11, 21)
        ),
    )
    [violation] = report.violations
    assert violation.resource == "Pod coder/b"
    assert "exemption ended on 2026-11-20" in violation.sentence
