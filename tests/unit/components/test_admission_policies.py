import dataclasses
import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Final

import pytest

from components.admission_arguments import admission_args
from components.admission_policies import AdmissionPolicies, build_binding, build_policy
from components.admission_rules.cel import by_namespace, literal
from components.admission_rules.every_rule import admission_rules
from core.policy_data import PolicyData, read_policy_data
from policies.pack import RULES
from settings import load_settings
from tests.support.recording import declare

_NAMESPACES: Final = ("coder", "coder-workspace", "spt-system")
_TODAY: Final = dt.date(2026, 11, 21)


def _data(stack: str = "prod", **changes: Mapping[str, Any]) -> PolicyData:
    data = read_policy_data(stack, today=_TODAY)
    rules = {name: entry for name, entry in data.rules.items() if name != "all"}
    changed = {name.replace("_", "-"): entry for name, entry in changes.items()}
    return dataclasses.replace(data, rules={name: {**entry, **changed.get(name, {})} for name, entry in rules.items()})


def _variables(data: PolicyData) -> dict[str, str]:
    return {each["name"]: each["expression"] for each in build_policy(data, _NAMESPACES)["spec"]["variables"]}


def test_manifests(golden: Callable[[str, Any], None]) -> None:
    rules: dict[str, dict[str, Any]] = {
        "workload-requires-limits": {"namespaces": {"coder": {"maxCpu": "4"}}},
        "workload-restricts-capabilities": {"namespaces": {"coder-workspace": ["CHOWN", "SETUID"]}},
        "workload-restricts-host-paths": {"allowed": [{"resource": "DaemonSet spt-system/plugin", "paths": ["/dev"]}]},
        "workload-restricts-kvm": {"resources": ["example.com/kvm"], "namespaces": ["coder-workspace"]},
        "image-requires-allowed-repository": {"allowedRepositories": ["ghcr.io/coder"]},
        "object-requires-labels": {"workspaceNamespaces": ["coder-workspace"]},
    }
    golden("admission", [build_policy(PolicyData(rules, _TODAY), _NAMESPACES), build_binding(_NAMESPACES)])


def test_everything_is_registered_as_built() -> None:
    args = admission_args(
        load_settings(
            "staging",
            {
                "spt-flow:kubeContext": "here",
                "spt-flow:nodeCidrs": '["10.0.0.0/16"]',
                "spt-flow:coderAccessUrl": "https://coder.example.com",
                "spt-flow:policyConfig": "prod",
            },
        )
    )
    assert args["namespaces"] == _NAMESPACES
    found = declare(lambda: AdmissionPolicies("admission", args))
    assert found.pop("admission").type == "spt-flow:index:AdmissionPolicies"
    assert {name: entry.inputs for name, entry in found.items()} == {
        "admission-policy": build_policy(args["data"], _NAMESPACES),
        "admission-binding": build_binding(_NAMESPACES),
    }
    assert "admission-policy" in found["admission-binding"].depends_on


def test_it_refuses_when_it_cannot_tell_and_for_everybody() -> None:
    policy, binding = build_policy(_data(), _NAMESPACES), build_binding(_NAMESPACES)
    assert policy["spec"]["failurePolicy"] == "Fail"
    assert binding["spec"]["validationActions"] == ["Deny"]
    assert binding["spec"]["policyName"] == policy["metadata"]["name"]
    assert binding["spec"]["matchResources"].keys() == {"namespaceSelector"}
    assert {tuple(each["operations"]) for each in policy["spec"]["matchConstraints"]["resourceRules"]} == {
        ("CREATE", "UPDATE")
    }


def test_every_rule_is_one_of_the_packs() -> None:
    names = [rule.name for rule in admission_rules(_data(), _NAMESPACES)]
    assert len(names) == len(set(names))
    assert set(names) <= {rule.words.name for rule in RULES}


def test_a_rule_that_does_not_stop_changes_does_not_stop_pods() -> None:
    assert "workloadForbidsPrivileged" in _variables(_data())
    for level in ("advisory", "disabled"):
        variables = _variables(_data(workload_forbids_privileged={"enforcementLevel": level}))
        assert "workloadForbidsPrivileged" not in variables
        assert "workloadForbidsPrivileged" not in variables["complaints"]


def test_figures_of_the_configuration_are_in_the_expressions() -> None:
    variables = _variables(_data(workload_requires_limits={"maxCpu": "3", "namespaces": {"coder": {"maxCpu": "5"}}}))
    assert '"coder": "5", "coder-workspace": "3"' in variables["workloadRequiresLimits"]


def test_exempted_objects_are_left_alone_as_long_as_the_exemption_holds() -> None:
    def exempted(expires: str) -> bool:
        entry = {"resource": "DaemonSet spt-system/plugin", "reason": "needs the device", "expires": expires}
        variables = _variables(_data(workload_forbids_privileged={"exemptions": [entry]}))
        return "DaemonSet spt-system/plugin" in variables["workloadForbidsPrivileged"]

    assert exempted("2026-11-21")
    assert not exempted("2026-11-20")


@pytest.mark.parametrize(("by_tag", "asked"), [([], True), (["coder-workspace"], False)])
def test_digests_of_workspaces_are_asked_for_unless_they_are_admitted_by_tag(*, by_tag: list[str], asked: bool) -> None:
    found = _variables(_data(image_requires_digest={"required": True, "admittedByTag": by_tag}))
    assert ('request.namespace in ["coder-workspace"]' in found["imageRequiresDigest"]) is asked


def test_what_is_written_into_expressions_stays_a_text() -> None:
    assert literal('a"b\\c\nd') == '"a\\"b\\\\c\\nd"'
    assert by_namespace({"a": ["x"], "b": []}) == '{"a": ["x"], "b": []}[request.namespace]'
