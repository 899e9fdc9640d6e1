"""What every rule on workloads does alike; what each of them looks for is in the module named after it."""

import copy
from collections.abc import Mapping
from typing import Any, Final

import pytest

from policies.rule import ResourceRule
from policies.rules.workload_apparmor import WORKLOAD_APPARMOR
from policies.rules.workload_capabilities import WORKLOAD_CAPABILITIES
from policies.rules.workload_ephemeral_storage import WORKLOAD_EPHEMERAL_STORAGE
from policies.rules.workload_host_namespaces import WORKLOAD_HOST_NAMESPACES
from policies.rules.workload_host_paths import WORKLOAD_HOST_PATHS
from policies.rules.workload_host_ports import WORKLOAD_HOST_PORTS
from policies.rules.workload_host_probes import WORKLOAD_HOST_PROBES
from policies.rules.workload_host_process import WORKLOAD_HOST_PROCESS
from policies.rules.workload_kvm import WORKLOAD_KVM
from policies.rules.workload_limits import WORKLOAD_LIMITS
from policies.rules.workload_non_root import WORKLOAD_NON_ROOT
from policies.rules.workload_privilege_escalation import WORKLOAD_PRIVILEGE_ESCALATION
from policies.rules.workload_privileged import WORKLOAD_PRIVILEGED
from policies.rules.workload_proc_mount import WORKLOAD_PROC_MOUNT
from policies.rules.workload_seccomp import WORKLOAD_SECCOMP
from policies.rules.workload_selinux import WORKLOAD_SELINUX
from policies.rules.workload_shape import WORKLOAD_SHAPE
from policies.rules.workload_sysctls import WORKLOAD_SYSCTLS
from policies.rules.workload_volume_types import WORKLOAD_VOLUME_TYPES
from tests.support.analyzer import SECRET_MARK, UNKNOWN, PackAnalyzer, secret
from tests.support.rule_bench import RuleBench, compliant_container, compliant_pod
from tests.support.workload_kinds import DEPLOYMENT, WORKLOAD_KINDS, in_list, workload

_Rule = ResourceRule[Any]
_OF_CONTAINERS: Final[list[tuple[_Rule, dict[str, Any]]]] = [
    (WORKLOAD_APPARMOR, {"securityContext": {"appArmorProfile": {"type": "Unconfined"}}}),
    (WORKLOAD_CAPABILITIES, {"securityContext": {"capabilities": {"add": ["SYS_ADMIN"], "drop": ["ALL"]}}}),
    (WORKLOAD_EPHEMERAL_STORAGE, {"resources": {"limits": {"ephemeral-storage": "64Gi"}}}),
    (WORKLOAD_HOST_PORTS, {"ports": [{"containerPort": 80, "hostPort": 80}]}),
    (WORKLOAD_HOST_PROBES, {"livenessProbe": {"httpGet": {"host": "example.com", "port": 80}}}),
    (WORKLOAD_HOST_PROCESS, {"securityContext": {"windowsOptions": {"hostProcess": True}}}),
    (WORKLOAD_KVM, {"resources": {"limits": {"devices.spt-flow.dev/kvm": "1"}}}),
    (
        WORKLOAD_LIMITS,
        {"resources": {"requests": {"cpu": "9", "memory": "1Gi"}, "limits": {"cpu": "9", "memory": "1Gi"}}},
    ),
    (WORKLOAD_NON_ROOT, {"securityContext": {"runAsUser": 0}}),
    (WORKLOAD_PRIVILEGED, {"securityContext": {"privileged": True}}),
    (WORKLOAD_PRIVILEGE_ESCALATION, {"securityContext": {"allowPrivilegeEscalation": True}}),
    (WORKLOAD_PROC_MOUNT, {"securityContext": {"procMount": "Unmasked"}}),
    (WORKLOAD_SECCOMP, {"securityContext": {"seccompProfile": {"type": "Unconfined"}}}),
    (WORKLOAD_SELINUX, {"securityContext": {"seLinuxOptions": {"type": "spc_t"}}}),
    (WORKLOAD_SHAPE, {"ports": 80}),
]
_OF_PODS: Final[list[tuple[_Rule, dict[str, Any]]]] = [
    (WORKLOAD_APPARMOR, {"securityContext": {"appArmorProfile": {"type": "Unconfined"}}}),
    (WORKLOAD_HOST_NAMESPACES, {"hostPID": True}),
    (WORKLOAD_HOST_PATHS, {"volumes": [{"name": "etc", "hostPath": {"path": "/etc"}}]}),
    (WORKLOAD_HOST_PROCESS, {"securityContext": {"windowsOptions": {"hostProcess": True}}}),
    (WORKLOAD_KVM, {"volumes": [{"name": "kvm", "hostPath": {"path": "/dev/kvm"}}]}),
    (WORKLOAD_SECCOMP, {"securityContext": {"seccompProfile": {"type": "Unconfined"}}}),
    (WORKLOAD_SELINUX, {"securityContext": {"seLinuxOptions": {"user": "system_u"}}}),
    (WORKLOAD_SHAPE, {"initContainers": "setup"}),
    (WORKLOAD_SYSCTLS, {"securityContext": {"sysctls": [{"name": "kernel.msgmax", "value": "1"}]}}),
    (WORKLOAD_VOLUME_TYPES, {"volumes": [{"name": "data", "nfs": {"server": "x", "path": "/"}}]}),
]
_RULES: Final = {rule.words.name: rule for rule, _ in (*_OF_CONTAINERS, *_OF_PODS)}
_LISTS: Final = ("containers", "initContainers", "ephemeralContainers")


def _ids(value: object) -> str | None:
    return value.words.name if isinstance(value, ResourceRule) else "" if isinstance(value, dict) else None


_for_containers = pytest.mark.parametrize(("rule", "defect"), _OF_CONTAINERS, ids=_ids)
_for_pods = pytest.mark.parametrize(("rule", "defect"), _OF_PODS, ids=_ids)
_for_all = pytest.mark.parametrize("rule", _RULES.values(), ids=_RULES)


def _bad(rule: _Rule) -> dict[str, Any]:
    """Return the spec of a pod that breaks the rule."""
    for broken, defect in _OF_CONTAINERS:
        if broken is rule:
            return compliant_pod(compliant_container(**copy.deepcopy(defect)))
    return compliant_pod(**next(copy.deepcopy(defect) for broken, defect in _OF_PODS if broken is rule))


@_for_all
@pytest.mark.parametrize("kind", WORKLOAD_KINDS)
def test_a_compliant_workload_passes(rule: _Rule, kind: str) -> None:
    every = {key: [compliant_container()] for key in _LISTS}
    assert RuleBench(rule).findings(compliant_pod(**every), resource_type=kind) == []


@_for_containers
@pytest.mark.parametrize("kind", WORKLOAD_KINDS)
def test_a_container_is_found_in_every_kind_of_workload(rule: _Rule, defect: dict[str, Any], kind: str) -> None:
    spec = compliant_pod(compliant_container(), compliant_container(name="second", **defect))
    sentences = RuleBench(rule).sentences(spec, resource_type=kind)
    subject = f"{kind.rpartition(':')[2]} 'coder/thing'"
    assert sentences
    assert all(sentence.startswith(f"The container 'second' of {subject} must ") for sentence in sentences)


@_for_containers
@pytest.mark.parametrize("key", _LISTS)
def test_a_container_is_found_in_every_list(rule: _Rule, defect: dict[str, Any], key: str) -> None:
    spec = compliant_pod(compliant_container())
    spec[key] = [*spec.get(key, []), compliant_container(name="second", **defect)]
    assert RuleBench(rule).sentences(spec)


@_for_containers
def test_a_sidecar_is_called_one(rule: _Rule, defect: dict[str, Any]) -> None:
    sidecar = compliant_container(name="proxy", restartPolicy="Always", **defect)
    (sentence, *_) = RuleBench(rule).sentences(compliant_pod(initContainers=[sidecar]))
    assert sentence.startswith("The sidecar container 'proxy' of Deployment 'coder/thing' must ")


@_for_pods
@pytest.mark.parametrize("kind", WORKLOAD_KINDS)
def test_a_pod_is_found_in_every_kind_of_workload(rule: _Rule, defect: dict[str, Any], kind: str) -> None:
    sentences = RuleBench(rule).sentences(compliant_pod(**defect), resource_type=kind)
    assert sentences
    assert all(f"{kind.rpartition(':')[2]} 'coder/thing'" in sentence for sentence in sentences)


@_for_all
@pytest.mark.parametrize("typed", [True, False])
def test_lists_are_opened(rule: _Rule, typed: bool) -> None:  # noqa: FBT001 - a column
    good = workload(DEPLOYMENT, compliant_pod(), name="good", namespace="coder")
    bad = workload(DEPLOYMENT, _bad(rule), name="bad", namespace="coder")
    sentences = RuleBench(rule).told_of(*in_list(DEPLOYMENT, good, bad, typed=typed))
    assert sentences
    assert all("'coder/bad'" in sentence for sentence in sentences)


@_for_all
@pytest.mark.parametrize(
    "resource_type",
    ["kubernetes:core/v1:Service", "kubernetes:helm.sh/v3:Release", "pulumi:providers:kubernetes", "aws:ec2:Instance"],
)
def test_other_types_are_passed_over(rule: _Rule, resource_type: str) -> None:
    spec = _bad(rule)
    assert RuleBench(rule).of(resource_type, {"spec": {**spec, "template": {"spec": spec}}}) == []


@_for_all
def test_what_is_unknown_hides_nothing_beside_it(rule: _Rule) -> None:
    spec = _bad(rule)
    unknown = workload(DEPLOYMENT, UNKNOWN, namespace="coder")
    items = in_list(DEPLOYMENT, unknown, workload(DEPLOYMENT, spec, name="bad", namespace="coder"))
    assert sorted({finding.level for finding in RuleBench(rule).of(*items)}) == ["ADVISORY", "MANDATORY"]


@_for_containers
def test_an_unknown_container_hides_none_behind_it(rule: _Rule, defect: dict[str, Any]) -> None:
    levels = RuleBench(rule).levels(compliant_pod(UNKNOWN, compliant_container(**defect)))
    assert "MANDATORY" in levels
    assert levels.count("ADVISORY") == 1


@_for_all
def test_what_is_needless_may_be_unknown(rule: _Rule) -> None:
    container = compliant_container(image=UNKNOWN, terminationMessagePath=UNKNOWN)
    spec = compliant_pod(container, serviceAccountName=UNKNOWN, nodeSelector=UNKNOWN)
    assert RuleBench(rule).findings(spec) == []


@_for_all
def test_an_exemption_holds_until_it_ends(rule: _Rule) -> None:
    exemption = {"resource": "Deployment coder/thing", "reason": "is being mended"}
    spec = _bad(rule)
    assert RuleBench(rule, exemptions=[{**exemption, "expires": "9999-12-31"}]).findings(spec) == []
    (first, *_) = RuleBench(rule, exemptions=[{**exemption, "expires": "2001-01-01"}]).sentences(spec)
    assert first.endswith(" Its exemption ended on 2001-01-01 (reason: is being mended).")


@_for_all
@pytest.mark.parametrize("level", ["ADVISORY", "DISABLED"])
def test_the_level_comes_from_the_configuration(rule: _Rule, level: str) -> None:
    analyzer = PackAnalyzer([rule.policy()])
    analyzer.configure(rule.words.name, level)
    found = analyzer.analyze(DEPLOYMENT, workload(DEPLOYMENT, _bad(rule)))
    assert {finding.level for finding in found} == ({"ADVISORY"} if level == "ADVISORY" else set())


def _tampered(value: object, replacement: object) -> Any:  # noqa: ANN401 - any property
    """Return the value with each of its leaves replaced."""
    if isinstance(value, Mapping):
        return {key: _tampered(each, replacement) for key, each in value.items()}
    return [_tampered(each, replacement) for each in value] if isinstance(value, list) else replacement


_JUNK: Final[list[Any]] = [
    None,
    "",
    "\u0000\ud7ff💥\u202e",
    -1,
    1e308,
    10**30,
    True,
    [],
    {},
    [None, 1, "x", {}, []],
    {"": {"": {"": []}}},
    "9" * 5000,
]


@_for_all
@pytest.mark.parametrize("junk", _JUNK, ids=range(len(_JUNK)))
def test_junk_breaks_nothing_and_is_not_repeated(rule: _Rule, junk: object) -> None:
    """Put junk in each place of a bad pod: below, at, and above what the rule looks at."""
    bench = RuleBench(rule)
    for spec in (_tampered(_bad(rule), junk), {**_bad(rule), "containers": junk, "volumes": [junk]}, junk):
        for finding in bench.findings(spec):
            assert "💥" not in finding.message
            assert len(finding.sentence) < 400
    for body in ({"spec": junk}, {"spec": {"template": junk}}, {"metadata": junk, "spec": {}}):
        bench.of(DEPLOYMENT, body)


@_for_all
def test_a_secret_is_in_no_sentence(rule: _Rule) -> None:
    for text in (SECRET_MARK, f"/{SECRET_MARK}/x", f"1{SECRET_MARK}"):
        for finding in RuleBench(rule).findings(_tampered(_bad(rule), secret(text))):
            assert SECRET_MARK not in finding.message


@_for_all
def test_everything_unknown_is_open_and_nothing_else(rule: _Rule) -> None:
    levels = set(RuleBench(rule).levels(_tampered(_bad(rule), UNKNOWN)))
    assert levels <= {"ADVISORY", "MANDATORY"}
    assert RuleBench(rule).levels(UNKNOWN)[-1] == "ADVISORY"
