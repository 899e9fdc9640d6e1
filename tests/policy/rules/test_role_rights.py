from typing import Any

import pytest

from policies.rules.role_rights import ROLE_RIGHTS
from policies.subjects.dangerous_rights import DANGEROUS_RIGHTS
from tests.support.analyzer import UNKNOWN
from tests.support.judged import Judged, exempting, judged
from tests.support.workload_kinds import in_list

_ROLE = "kubernetes:rbac.authorization.k8s.io/v1:Role"
_CLUSTER_ROLE = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole"
_ALLOWED = [
    {"role": "Role tools/reader", "apiGroup": "", "resource": "secrets", "verbs": ["get"], "reason": "it reads them"}
]


def _rule(**changes: object) -> dict[str, object]:
    return {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"], **changes}


def _judged(rules: object, resource_type: str = _ROLE, **rest: Any) -> Judged:  # noqa: ANN401 - any property
    config = {key: rest.pop(key) for key in ("allowed", "exemptions") if key in rest}
    metadata = {
        "name": "reader",
        **({"namespace": "tools"} if resource_type == _ROLE else {}),
        **rest.pop("metadata", {}),
    }
    return judged(ROLE_RIGHTS, resource_type, {"metadata": metadata, "rules": rules, **rest}, **config)


def test_named_rights_pass() -> None:
    named = _rule(resources=["secrets"], resourceNames=["one"], verbs=["get", "list", "watch", "update"])
    assert _judged([_rule(), named, {"nonResourceURLs": ["/healthz/*"], "verbs": ["get"]}]) == Judged([], [])
    assert _judged(None) == Judged([], [])


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        (_rule(verbs=["get", "*"]), "verbs"),
        (_rule(apiGroups=["*"]), "apiGroups"),
        (_rule(resources=["*"]), "resources"),
        (_rule(resources=["pods/*"]), "resources"),
        (_rule(resources=["*/scale"]), "resources"),
        ({"nonResourceURLs": ["*"], "verbs": ["get"]}, "nonResourceURLs"),
        ({"nonResourceURLs": ["/*"], "verbs": ["get"]}, "nonResourceURLs"),
    ],
)
def test_wildcards(rule: dict[str, object], field: str) -> None:
    for resource_type, title in ((_ROLE, "Role 'tools/reader'"), (_CLUSTER_ROLE, "ClusterRole 'reader'")):
        assert _judged([_rule(), rule], resource_type).sentences == [
            f"{title} must not use a wildcard in {field} of rule #1."
        ]


@pytest.mark.parametrize("right", DANGEROUS_RIGHTS, ids=lambda right: f"{right.group}/{right.resource}")
def test_each_dangerous_right_is_one_with_each_of_its_verbs(right: Any) -> None:  # noqa: ANN401 - a DangerousRight
    for verb in right.verbs:
        rule = _rule(apiGroups=["apps", right.group], resources=["x", right.resource], verbs=["use", verb])
        (sentence,) = _judged([rule], _CLUSTER_ROLE).sentences
        assert f"must not have {verb} on {right.resource}" in sentence
        assert sentence.endswith(f"in rule #0: {right.reason}.")
        elsewhere = _rule(apiGroups=["example.com"], resources=[right.resource], verbs=[verb])
        assert _judged([elsewhere], _CLUSTER_ROLE) == Judged([], [])


@pytest.mark.parametrize(
    "verb", ["bind", "escalate", "impersonate", "impersonate:user-info", "impersonate-on:user-info:get"]
)
def test_verbs_that_hand_on_the_rights_of_others(verb: str) -> None:
    (sentence,) = _judged([_rule(verbs=[verb], resourceNames=["one"])]).sentences
    assert sentence == (
        f"Role 'tools/reader' must not have the verb {verb.partition(':')[0]} in rule #0: "
        f"with it come the rights of others."
    )


@pytest.mark.parametrize("names", [None, [], "one", UNKNOWN, ["one"]])
def test_secrets_need_names(names: object) -> None:
    found = _judged([_rule(resources=["secrets"], resourceNames=names)])
    wanted = "Role 'tools/reader' must not have get on secrets without naming them in rule #0"
    assert any(wanted in sentence for sentence in found.sentences) is (names in (None, [], "one"))
    assert bool(found.open) is (names == UNKNOWN)


def test_names_do_not_make_other_rights_harmless() -> None:
    assert len(_judged([_rule(resources=["pods/exec"], verbs=["create"], resourceNames=["one"])]).sentences) == 1


def test_what_is_allowed_is_exact() -> None:
    secrets = _rule(resources=["secrets"])
    assert _judged([secrets], allowed=_ALLOWED).sentences == []
    (sentence,) = _judged([_rule(resources=["secrets"], verbs=["get", "list"])], allowed=_ALLOWED).sentences
    assert "must not have list on secrets" in sentence
    assert len(_judged([secrets], _CLUSTER_ROLE, allowed=_ALLOWED).sentences) == 1


@pytest.mark.parametrize("name", [None, UNKNOWN, "Reader/one"])
def test_the_name_of_the_resource_is_not_that_of_the_role(name: object) -> None:
    props = {"metadata": {"name": name, "namespace": "tools"}, "rules": [_rule(resources=["secrets"])]}
    assert len(judged(ROLE_RIGHTS, _ROLE, props, name="reader", allowed=_ALLOWED).sentences) == 1


def test_aggregation_in_both_directions() -> None:
    (sentence,) = _judged(None, _CLUSTER_ROLE, aggregationRule={"clusterRoleSelectors": []}).sentences
    assert sentence == (
        "ClusterRole 'reader' must not aggregate: whichever ClusterRole carries a label would add to its rights."
    )
    label = "rbac.authorization.k8s.io/aggregate-to-edit"
    for value, count in (("true", 1), ("false", 0), (True, 1)):
        assert len(_judged([], _CLUSTER_ROLE, metadata={"labels": {label: value}}).sentences) == count


@pytest.mark.parametrize("field", ["verbs", "apiGroups", "resources", "resourceNames", "nonResourceURLs"])
@pytest.mark.parametrize("value", ["*", {"a": "b"}, [1], [None], True, 7])
def test_what_is_no_list_of_strings_is_a_violation(field: str, value: object) -> None:
    sentences = _judged([_rule(**{field: value})]).sentences
    assert f"Role 'tools/reader' must not have {field} that are no list of strings in rule #0." in sentences


def test_a_rule_that_is_no_object() -> None:
    assert _judged(["x"]).sentences == ["Role 'tools/reader' must not have something that is no object as rule #0."]


def test_rules_that_are_no_list() -> None:
    assert _judged({"verbs": ["*"]}).sentences == ["Role 'tools/reader' must not have rules that are no list."]


@pytest.mark.parametrize(
    "rules",
    [
        [UNKNOWN, _rule(verbs=["*"])],
        [_rule(resources=UNKNOWN, verbs=["*"])],
        [_rule(verbs=[UNKNOWN, "*"])],
        [_rule(resources=[UNKNOWN, "pods/exec"])],
    ],
)
def test_unknown_values_hide_only_themselves(rules: list[object]) -> None:
    found = _judged(rules)
    assert (len(found.sentences), len(found.open)) == (1, 1)


def test_lists_are_opened_other_types_passed_over_exemptions_count() -> None:
    body = {"metadata": {"name": "reader", "namespace": "tools"}, "rules": [_rule(verbs=["*"])]}
    resource_type, props = in_list(_ROLE, body)
    assert len(judged(ROLE_RIGHTS, resource_type, props).sentences) == 1
    for other in ("core/v1:ConfigMap", "example.com/v1:Role", "rbac.authorization.k8s.io/v1:RoleBinding"):
        assert judged(ROLE_RIGHTS, f"kubernetes:{other}", body) == Judged([], [])
    assert _judged([_rule(verbs=["*"])], exemptions=exempting("Role tools/reader")).sentences == []
    expired = exempting("Role tools/reader", expires="2020-01-01")
    assert len(_judged([_rule(verbs=["*"])], exemptions=expired).sentences) == 1
