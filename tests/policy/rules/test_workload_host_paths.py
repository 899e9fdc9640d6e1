import pytest

from policies.rules.workload_host_paths import WORKLOAD_HOST_PATHS
from tests.support.analyzer import UNKNOWN
from tests.support.rule_bench import RuleBench, compliant_pod
from tests.support.workload_kinds import DEPLOYMENT, POD, workload

_ALLOWED = [
    {
        "resource": "Deployment spt-system/thing",
        "paths": ["/dev/kvm", "/var/lib/kubelet/"],
        "reason": "hands out the device",
    },
    {"resource": "Pod thing", "paths": ["/etc"], "reason": "has no namespace to be in"},
]
_BENCH = RuleBench(WORKLOAD_HOST_PATHS, allowed=_ALLOWED)
_START = "The volume 'node' of Deployment 'coder/thing' must not be"


def _volume(path: object) -> dict[str, object]:
    return {"volumes": [{"name": "data", "emptyDir": {}}, {"name": "node", "hostPath": {"path": path}}]}


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/", "the path /"),
        ("/dev/kvm", "the path /dev/kvm"),
        ("/dev//kvm/", "the path /dev/kvm"),
        ("/dev/../etc/./shadow", "the path /etc/shadow"),
        ("/../..", "the path /"),
        ("etc", "the path /etc"),
        ("", "the path /"),
        ("/srv/\u202e", "the path with unusual characters"),
        ("/a b", "the path with unusual characters"),
        ("/" + "x" * 200, "the path with unusual characters"),
        (None, "a path that is none"),
        (["/etc"], "a path that is none"),
        (7, "a path that is none"),
    ],
)
def test_no_path_of_the_node_is_allowed(path: object, told: str) -> None:
    assert _BENCH.of_pod(_volume(path)) == [f"{_START} {told} of the node: this object may use none."]


@pytest.mark.parametrize("source", [{}, [], "x", 0, False])
def test_a_host_path_of_any_shape_is_one(source: object) -> None:
    assert _BENCH.of_pod({"volumes": [{"name": "node", "hostPath": source}]}) == [
        f"{_START} a path that is none of the node: this object may use none."
    ]


def test_a_source_that_is_null_is_none() -> None:
    assert _BENCH.of_pod({"volumes": [{"name": "node", "hostPath": None, "emptyDir": {}}]}) == []


@pytest.mark.parametrize("path", ["/dev/kvm", "/dev/kvm/", "//dev/./kvm", "/var/lib/kubelet", "/var/lib/kubelet//"])
def test_a_named_workload_may_use_its_exact_paths(path: str) -> None:
    assert _BENCH.of_pod(_volume(path), namespace="spt-system") == []


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/dev", "/dev"),
        ("/", "/"),
        ("/dev/kvmx", "/dev/kvmx"),
        ("/dev/kv", "/dev/kv"),
        ("/dev/kvm/x", "/dev/kvm/x"),
        ("/var/lib/kubelet/pods", "/var/lib/kubelet/pods"),
        ("/dev/x/../kvm", "/dev/kvm"),
        ("/DEV/KVM", "/DEV/KVM"),
    ],
)
def test_but_no_other(path: str, told: str) -> None:
    (sentence,) = _BENCH.of_pod(_volume(path), namespace="spt-system")
    assert sentence == (
        f"The volume 'node' of Deployment 'spt-system/thing' must not be the path {told} of the node: "
        "this object may use /dev/kvm, /var/lib/kubelet only."
    )


@pytest.mark.parametrize("namespace", ["coder", None, UNKNOWN, "spt-systems"])
def test_another_workload_of_that_name_may_not(namespace: object) -> None:
    assert len(_BENCH.of_pod(_volume("/dev/kvm"), namespace=namespace)) == 1
    assert len(_BENCH.of_pod(_volume("/etc"), namespace=namespace, resource_type=POD)) == (
        0 if namespace is None else 1
    )


def test_a_workload_whose_name_is_not_known_is_not_the_named_one() -> None:
    props = workload(DEPLOYMENT, compliant_pod(**_volume("/dev/kvm")), name=UNKNOWN, namespace="spt-system")
    assert [finding.level for finding in _BENCH.of(DEPLOYMENT, props)] == ["MANDATORY"]


def test_an_unknown_path_is_open_only_where_one_is_allowed() -> None:
    assert _BENCH.levels(compliant_pod(**_volume(UNKNOWN)), namespace="spt-system") == ["ADVISORY"]
    assert _BENCH.of_pod(_volume(UNKNOWN)) == [
        f"{_START} a path that is not known yet of the node: this object may use none."
    ]


def test_unknown_volumes_hide_no_others() -> None:
    volumes = [UNKNOWN, {"name": "node", "hostPath": {"path": "/etc"}}, {"name": "other", "hostPath": UNKNOWN}]
    assert sorted(_BENCH.levels(compliant_pod(volumes=volumes))) == ["ADVISORY", "MANDATORY"]
    assert _BENCH.levels(compliant_pod(volumes=UNKNOWN)) == ["ADVISORY"]
