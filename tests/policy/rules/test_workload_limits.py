import copy
from typing import Any

import pytest

from core.fields import Field
from policies.findings import Findings
from policies.resource import Resource
from policies.rules.workload_limits import WORKLOAD_LIMITS, Bounds, check
from tests.support.analyzer import SECRET_MARK, UNKNOWN, Finding, PackAnalyzer, secret
from tests.support.rule_bench import RuleBench, compliant_container, compliant_pod
from tests.support.workload_kinds import DEPLOYMENT, POD, WORKLOAD_KINDS, workload

_GOOD = {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"cpu": "1", "memory": "1Gi"}}
_POD_KINDS = ("containers", "initContainers", "ephemeralContainers")
_NAME = WORKLOAD_LIMITS.words.name


def _container(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any manifest value
    return {"name": "main", "image": "x:1", "resources": copy.deepcopy(_GOOD), **changes}


def _with(path: tuple[str, str], value: object) -> dict[str, Any]:
    container = _container()
    container["resources"][path[0]][path[1]] = value
    return container


def _analyze(spec: dict[str, Any], resource_type: str = DEPLOYMENT) -> list[Finding]:
    return PackAnalyzer([WORKLOAD_LIMITS.policy()]).analyze(resource_type, workload(resource_type, spec))


def _messages(spec: dict[str, Any]) -> list[str]:
    findings = _analyze(spec)
    assert all(finding.policy == _NAME and finding.level == "MANDATORY" for finding in findings)
    # The service puts the description before each message; the sentence is the last line.
    return [finding.message.strip().splitlines()[-1] for finding in findings]


@pytest.mark.parametrize("kind", _POD_KINDS)
@pytest.mark.parametrize("resource_type", WORKLOAD_KINDS)
def test_a_compliant_workload_passes(resource_type: str, kind: str) -> None:
    assert _analyze({"containers": [_container()], kind: [_container()]}, resource_type) == []


@pytest.mark.parametrize("kind", _POD_KINDS)
@pytest.mark.parametrize("resource_type", WORKLOAD_KINDS)
def test_one_container_without_resources_stops_every_kind_ofworkload(resource_type: str, kind: str) -> None:
    findings = _analyze({"containers": [_container()], kind: [{"name": "bare", "image": "x:1"}]}, resource_type)
    assert [finding.level for finding in findings] == ["MANDATORY"] * 4


@pytest.mark.parametrize(
    "resource_type",
    ["kubernetes:core/v1:Service", "kubernetes:helm.sh/v3:Release", "pulumi:providers:kubernetes", "aws:ec2:Instance"],
)
def test_other_types_are_passed_over(resource_type: str) -> None:
    bare = {"spec": {"containers": [{"name": "bare"}], "template": {"spec": {"containers": [{"name": "bare"}]}}}}
    assert PackAnalyzer([WORKLOAD_LIMITS.policy()]).analyze(resource_type, bare) == []


@pytest.mark.parametrize(
    ("container", "sentence"),
    [
        (
            _container(resources={**_GOOD, "requests": {"memory": "64Mi"}}),
            "The container 'main' of Deployment 'thing' must have a cpu request: it has none.",
        ),
        (
            _container(resources={**_GOOD, "limits": {"cpu": "1"}}),
            "The container 'main' of Deployment 'thing' must have a memory limit: it has none.",
        ),
        (
            _with(("requests", "cpu"), "2"),
            (
                "The container 'main' of Deployment 'thing' must not request more cpu than its limit: "
                "it requests 2, and its limit is 1."
            ),
        ),
        (
            _with(("limits", "memory"), "17Gi"),
            "The container 'main' of Deployment 'thing' must have a memory limit of at most 16Gi: its limit is 17Gi.",
        ),
        (
            _with(("limits", "cpu"), "8001m"),
            "The container 'main' of Deployment 'thing' must have a cpu limit of at most 8: its limit is 8001m.",
        ),
        (
            _with(("requests", "cpu"), "0"),
            "The container 'main' of Deployment 'thing' must have a cpu request above zero: it is 0.",
        ),
        (
            _with(("requests", "memory"), "1 GB"),
            (
                "The container 'main' of Deployment 'thing' must have a memory request that is a Kubernetes quantity: "
                "its value is none."
            ),
        ),
        (
            _with(("requests", "memory"), None),
            "The container 'main' of Deployment 'thing' must have a memory request: it has none.",
        ),
        (
            _with(("requests", "cpu"), {"amount": 1}),
            (
                "The container 'main' of Deployment 'thing' must have a cpu request that is a Kubernetes quantity: "
                "its value is none."
            ),
        ),
    ],
)
def test_violations_are_sentences_with_container_value_and_bound(container: dict[str, Any], sentence: str) -> None:
    assert _messages({"containers": [container]}) == [sentence]


@pytest.mark.parametrize("resources", [None, {}, "lots", [], {"limits": None}, {"limits": {"squat.ai/kvm": "1"}}])
def test_what_is_no_resources_is_none(resources: object) -> None:
    assert len(_messages({"containers": [_container(resources=resources)]})) == 4


@pytest.mark.parametrize("limit", [8, 8.0, "8000m", "8e0"])
def test_a_limit_at_the_bound_passes_in_every_notation(limit: object) -> None:
    assert _messages({"containers": [_with(("limits", "cpu"), limit)]}) == []


def test_a_request_may_equal_its_limit() -> None:
    assert _messages({"containers": [_with(("requests", "cpu"), "1000m")]}) == []


def test_the_bounds_come_from_the_configuration() -> None:
    analyzer = PackAnalyzer([WORKLOAD_LIMITS.policy()])
    analyzer.configure(_NAME, "MANDATORY", maxCpu="500m", maxMemory="2Gi")
    findings = analyzer.analyze(DEPLOYMENT, workload(DEPLOYMENT, {"containers": [_container()]}))
    assert [finding.level for finding in findings] == ["MANDATORY"]
    assert "must have a cpu limit of at most 500m: its limit is 1." in findings[0].message


def test_the_level_comes_from_the_configuration() -> None:
    analyzer = PackAnalyzer([WORKLOAD_LIMITS.policy()])
    bare = workload(DEPLOYMENT, {"containers": [{"name": "bare"}]})
    analyzer.configure(_NAME, "ADVISORY", maxCpu="8", maxMemory="16Gi")
    assert {finding.level for finding in analyzer.analyze(DEPLOYMENT, bare)} == {"ADVISORY"}
    analyzer.configure(_NAME, "DISABLED", maxCpu="8", maxMemory="16Gi")
    assert analyzer.analyze(DEPLOYMENT, bare) == []


def test_an_unknown_image_hides_nothing() -> None:
    unknown = _container(image=UNKNOWN, env=UNKNOWN, command=UNKNOWN)
    assert _analyze({"containers": [unknown], "volumes": UNKNOWN}) == []
    findings = _analyze({"containers": [unknown, {"name": "bare", "image": UNKNOWN}]})
    assert [finding.level for finding in findings] == ["MANDATORY"] * 4


def test_an_unknown_request_does_not_hide_its_limit() -> None:
    container = _container()
    container["resources"] = {**_GOOD, "requests": {**_GOOD["requests"], "cpu": UNKNOWN}, "limits": {"memory": "1Gi"}}
    findings = _analyze({"containers": [container]})
    assert sorted(finding.level for finding in findings) == ["ADVISORY", "MANDATORY"]


@pytest.mark.parametrize("unknown_first", [True, False])
def test_an_unknown_limit_is_told_and_does_not_soften_a_violation(unknown_first: bool) -> None:  # noqa: FBT001 - a column
    containers = [_with(("limits", "cpu"), UNKNOWN), _with(("limits", "memory"), "17Gi")]
    findings = _analyze({"containers": containers if unknown_first else containers[::-1]})
    assert sorted(finding.level for finding in findings) == ["ADVISORY", "MANDATORY"]
    (mandatory,) = [finding for finding in findings if finding.level == "MANDATORY"]
    (advisory,) = [finding for finding in findings if finding.level == "ADVISORY"]
    assert "at most 16Gi: its limit is 17Gi." in mandatory.message
    assert "resources.limits.cpu can't be known during preview" in advisory.message


@pytest.mark.parametrize(
    "spec",
    [
        {"containers": UNKNOWN, "initContainers": [{"name": "bare"}]},
        {"containers": [UNKNOWN, {"name": "bare"}]},
        {"containers": [_container(resources=UNKNOWN), {"name": "bare"}]},
    ],
)
def test_unknown_structures_hide_only_themselves(spec: dict[str, Any]) -> None:
    levels = [finding.level for finding in _analyze(spec)]
    assert levels.count("MANDATORY") == 4


def test_an_unknown_name_becomes_a_number() -> None:
    (message,) = _messages({"containers": [{**_with(("limits", "cpu"), "9"), "name": UNKNOWN}]})
    assert message.startswith("The container #0 of Deployment 'thing' must have a cpu limit of at most 8")


@pytest.mark.parametrize(
    "container",
    [
        _container(name=secret(f"Name {SECRET_MARK}"), resources={}),
        _with(("limits", "cpu"), secret(SECRET_MARK)),
        _with(("requests", "memory"), secret(f"1{SECRET_MARK}")),
        _container(resources=secret(SECRET_MARK)),
        _container(resources={}, env=[{"name": "TOKEN", "value": secret(SECRET_MARK)}], image=secret(SECRET_MARK)),
    ],
)
def test_a_secret_is_in_no_message(container: dict[str, Any]) -> None:
    findings = _analyze({"containers": [container]})
    assert findings
    assert SECRET_MARK not in "".join(finding.message for finding in findings)


def test_the_pure_check_takes_plain_manifests() -> None:
    findings = Findings()
    check(Resource(POD, "thing", Field({"spec": {"containers": [{"name": "bare"}]}})), Bounds.from_config({}), findings)
    assert (len(findings.violations), findings.unknown) == (4, [])


@pytest.mark.parametrize(
    "body", [{}, {"spec": None}, {"spec": {"template": None}}, {"spec": {"template": {"spec": 1}}}]
)
def test_a_malformed_workload_breaks_nothing(body: dict[str, Any]) -> None:
    assert PackAnalyzer([WORKLOAD_LIMITS.policy()]).analyze(DEPLOYMENT, body) == []


_OWN = RuleBench(WORKLOAD_LIMITS, maxCpu="2", maxMemory="4Gi", namespaces={"coder-workspace": {"maxCpu": "8"}})


def _levels(cpu: str, memory: str, namespace: object) -> list[str]:
    amounts = {"cpu": cpu, "memory": memory}
    container = compliant_container(resources={"requests": amounts, "limits": amounts})
    return _OWN.levels(compliant_pod(container), namespace=namespace)


@pytest.mark.parametrize(
    ("cpu", "memory", "namespace", "levels"),
    [
        ("2", "4Gi", "coder", []),
        ("3", "4Gi", "coder", ["MANDATORY"]),
        ("3", "4Gi", None, ["MANDATORY"]),
        ("8", "4Gi", "coder-workspace", []),
        ("9", "4Gi", "coder-workspace", ["MANDATORY"]),
        ("8", "5Gi", "coder-workspace", ["MANDATORY"]),
        ("2", "4Gi", UNKNOWN, []),
        ("3", "4Gi", UNKNOWN, ["ADVISORY"]),
        ("9", "4Gi", UNKNOWN, ["MANDATORY"]),
    ],
)
def test_namespaces_may_have_bounds_of_their_own(cpu: str, memory: str, namespace: object, levels: list[str]) -> None:
    assert _levels(cpu, memory, namespace) == levels
