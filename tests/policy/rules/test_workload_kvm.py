from typing import Any

import pytest

from policies.rules.workload_kvm import WORKLOAD_KVM
from tests.support.analyzer import UNKNOWN
from tests.support.rule_bench import RuleBench, compliant_container, compliant_pod
from tests.support.workload_kinds import WORKLOAD_KINDS

_KVM = "devices.spt-flow.dev/kvm"
_IN = "coder-workspace"
_LABEL = {"labels": {"spt-flow.dev/kvm": "true"}}
_BENCH = RuleBench(
    WORKLOAD_KVM, resources=[_KVM, "example.com/virt"], namespaces=[_IN], providers=["Deployment spt-system/thing"]
)
_CONTAINER = "The container 'main' of Deployment 'coder-workspace/thing' must"
_NO_LABEL = "its pod has no label spt-flow.dev/kvm: 'true'."
_NO_NAMESPACE = "its namespace is not opted in to /dev/kvm."


def _amounts(amount: object = "1", name: str = _KVM) -> dict[str, Any]:
    return {"resources": {"requests": {name: amount}, "limits": {name: amount}}}


def _told(spec: object, *, namespace: object = _IN, metadata: Any = _LABEL) -> list[str]:  # noqa: ANN401 - any metadata
    return _BENCH.sentences(spec, namespace=namespace, pod_metadata=metadata)


def _levels(spec: object, *, namespace: object = _IN, metadata: Any = _LABEL) -> list[str]:  # noqa: ANN401 - any metadata
    return sorted(_BENCH.levels(spec, namespace=namespace, pod_metadata=metadata))


@pytest.mark.parametrize("kind", WORKLOAD_KINDS)
@pytest.mark.parametrize("amount", ["1", 1, 1.0, "2e0", "1000m"])
def test_a_workload_with_the_label_in_a_namespace_that_is_opted_in_may(kind: str, amount: object) -> None:
    spec = compliant_pod(compliant_container(**_amounts(amount)))
    assert _BENCH.sentences(spec, resource_type=kind, namespace=_IN, pod_metadata=_LABEL) == []


@pytest.mark.parametrize("namespace", ["coder", None, "Coder-Workspace", 7, ""])
def test_the_namespace_has_to_be_opted_in(namespace: object) -> None:
    (sentence,) = _told(compliant_pod(compliant_container(**_amounts())), namespace=namespace)
    assert sentence.endswith(f"must not ask for '{_KVM}': {_NO_NAMESPACE}")


def test_no_namespace_is_opted_in_by_default() -> None:
    spec = compliant_pod(compliant_container(**_amounts()))
    assert len(RuleBench(WORKLOAD_KVM).sentences(spec, namespace=_IN, pod_metadata=_LABEL)) == 1


@pytest.mark.parametrize(
    "metadata",
    [None, {}, {"labels": None}, {"labels": {"spt-flow.dev/kvm": "True"}}, {"labels": {"spt-flow.dev/kvm": True}}],
)
def test_the_pod_has_to_have_the_label(metadata: object) -> None:
    found = _told(compliant_pod(compliant_container(**_amounts())), metadata=metadata)
    assert found == [f"{_CONTAINER} not ask for '{_KVM}': {_NO_LABEL}"]


def test_the_label_comes_from_the_configuration() -> None:
    bench = RuleBench(WORKLOAD_KVM, namespaces=[_IN], label={"name": "kvm", "value": "yes"})
    spec = compliant_pod(compliant_container(**_amounts()))
    assert bench.sentences(spec, namespace=_IN, pod_metadata={"labels": {"kvm": "yes"}}) == []
    (sentence,) = bench.sentences(spec, namespace=_IN, pod_metadata=_LABEL)
    assert sentence.endswith("its pod has no label kvm: 'yes'.")


@pytest.mark.parametrize(
    "name", ["squat.ai/kvm", "example.com/virt", "x.io/nested-kvm", "x.io/KVM", "x.io/kvm_amd", "smarter-devices/kvm"]
)
def test_listed_resources_count_and_so_do_those_whose_name_says_kvm(name: str) -> None:
    spec = compliant_pod(compliant_container(**_amounts(name=name)))
    assert _told(spec, metadata=None) == [f"{_CONTAINER} not ask for '{name}': {_NO_LABEL}"]


@pytest.mark.parametrize("name", ["nvidia.com/gpu", "kvm", "kvm.io/tun", "x.io/kvmalike", "cpu"])
def test_other_resources_do_not(name: str) -> None:
    assert _told(compliant_pod(compliant_container(**_amounts(name=name))), metadata=None) == []


def test_a_name_with_unusual_characters_is_not_repeated() -> None:
    (sentence,) = _told(compliant_pod(compliant_container(**_amounts(name="a b/kvm"))), metadata=None)
    assert "not ask for a resource that gives /dev/kvm: " in sentence
    (sentence,) = _told(compliant_pod(compliant_container(resources={"requests": {"a b/kvm": "1"}})))
    assert sentence == f"{_CONTAINER} have a limit of the resource that gives /dev/kvm: it has only a request."


@pytest.mark.parametrize("amount", ["0", 0, "0.0", None])
def test_an_amount_of_zero_asks_for_nothing(amount: object) -> None:
    assert _told(compliant_pod(compliant_container(**_amounts(amount))), metadata=None) == []


@pytest.mark.parametrize("amount", ["some", "0.5", "-1", True, [], {}])
def test_an_amount_has_to_be_a_whole_number(amount: object) -> None:
    found = _told(compliant_pod(compliant_container(**_amounts(amount))))
    assert found == [
        f"{_CONTAINER} have a whole number of '{_KVM}' in its {kind}: its value is none."
        for kind in ("requests", "limits")
    ]
    assert f"{_CONTAINER} not ask for '{_KVM}': {_NO_LABEL}" in _told(
        compliant_pod(compliant_container(**_amounts(amount))), metadata=None
    )


def test_a_request_has_to_have_a_limit() -> None:
    spec = compliant_pod(compliant_container(resources={"requests": {_KVM: "1"}}))
    assert _told(spec) == [f"{_CONTAINER} have a limit of '{_KVM}': it has only a request."]
    spec["containers"][0]["resources"]["limits"] = {_KVM: None}
    assert _told(spec) == [f"{_CONTAINER} have a limit of '{_KVM}': it has only a request."]
    assert _told(compliant_pod(compliant_container(resources={"limits": {_KVM: "1"}}))) == []


@pytest.mark.parametrize("key", ["containers", "initContainers"])
def test_privilege_in_any_container_of_such_a_pod_is_refused(key: str) -> None:
    user = compliant_container(**_amounts())
    other = compliant_container(name="other", securityContext={"privileged": True})
    spec = compliant_pod(user)
    spec[key] = [*spec.get(key, []), other]
    (sentence,) = _told(spec)
    assert sentence.endswith("must not be privileged: its pod uses /dev/kvm.")
    assert _told(compliant_pod(other)) == []


@pytest.mark.parametrize(
    "path",
    ["/dev/kvm", "/dev/", "/", "", "//dev/./kvm", "/dev/x/../kvm", "/dev/kvm/x", "/proc/1/root", "/host/dev/kvm"],
)
def test_a_path_that_leads_there_is_refused_even_of_those_who_may(path: str) -> None:
    spec = compliant_pod(volumes=[{"name": "kvm", "hostPath": {"path": path}}])
    sentence = (
        "The volume 'kvm' of Deployment 'coder-workspace/thing' must not reach /dev/kvm as a path of the node: "
        "it is a resource."
    )
    assert _told(spec) == [sentence]
    assert _told(spec, namespace="spt-system") == []
    spec["volumes"].insert(0, {"name": "other", "emptyDir": {}})
    assert _told(spec) == [sentence]


@pytest.mark.parametrize("path", ["/dev/kvmx", "/dev/kv", "/dev/net", "/process", "/var/lib", None, 5])
def test_other_paths_are_judged_by_another_rule(path: object) -> None:
    assert _told(compliant_pod(volumes=[{"name": "kvm", "hostPath": {"path": path}}]), metadata=None) == []


@pytest.mark.parametrize(
    ("spec", "metadata", "use"),
    [
        (compliant_pod(resourceClaims=[{"name": "x"}]), {}, "use device claims"),
        (compliant_pod(), {"annotations": {"cdi.k8s.io/vm": "x.io/kvm=kvm"}}, "ask for devices by an annotation"),
        (compliant_pod(), {"annotations": {"cdi.k8s.io/x": 1}}, "ask for devices by an annotation"),
        (
            compliant_pod(),
            {"annotations": {"io.kubernetes.cri-o.Devices": "/dev/kvm"}},
            "ask for devices by an annotation",
        ),
    ],
)
def test_devices_of_a_pod_by_other_ways_need_the_opt_in_too(spec: Any, metadata: Any, use: str) -> None:  # noqa: ANN401 - columns
    start = "The pod of Deployment 'coder-workspace/thing' must"
    assert _told(spec, metadata=metadata) == [f"{start} not {use}: {_NO_LABEL}"]
    assert _told(spec, metadata={**metadata, **_LABEL}) == []


@pytest.mark.parametrize(
    ("changes", "use"),
    [
        ({"volumeDevices": [{"name": "x", "devicePath": "/dev/kvm"}]}, "have a volume as its device /dev/kvm"),
        ({"volumeDevices": [{"name": "x", "devicePath": "/dev/./kvm/"}]}, "have a volume as its device /dev/kvm"),
        ({"resources": {"claims": [{"name": "x"}]}}, "use a device claim"),
    ],
)
def test_devices_of_a_container_by_other_ways_need_the_opt_in_too(changes: Any, use: str) -> None:  # noqa: ANN401 - a column
    spec = compliant_pod(compliant_container(**changes))
    assert _told(spec, metadata=None) == [f"{_CONTAINER} not {use}: {_NO_LABEL}"]
    assert _told(spec) == []


def test_other_devices_and_annotations_need_none() -> None:
    block = compliant_container(volumeDevices=[{"name": "x", "devicePath": "/dev/xvda"}])
    assert _told(compliant_pod(block), metadata={"annotations": {"cdi.k8s.io": "x", "cdi.k8s.io/x": None}}) == []


def test_what_decides_may_be_unknown() -> None:
    spec = compliant_pod(compliant_container(**_amounts()))
    assert _levels(spec, namespace=UNKNOWN) == ["ADVISORY"]
    assert _levels(spec, metadata={"labels": UNKNOWN}) == ["ADVISORY"]
    assert _levels(spec, metadata={"labels": UNKNOWN}, namespace="coder") == ["ADVISORY", "MANDATORY"]
    assert _levels(spec, metadata=None, namespace=UNKNOWN) == ["MANDATORY"]
    unknown = compliant_pod(compliant_container(**_amounts(UNKNOWN)))
    assert _levels(unknown, metadata=None) == ["ADVISORY"]


@pytest.mark.parametrize(
    "changes",
    [
        {"volumeDevices": UNKNOWN},
        {"volumeDevices": [{"name": "x", "devicePath": UNKNOWN}]},
        {"resources": {"claims": UNKNOWN}},
        {"resources": {"limits": UNKNOWN}},
        {"resources": {"requests": UNKNOWN}},
        {"resources": UNKNOWN},
    ],
)
def test_what_may_hide_a_use_is_open(changes: Any) -> None:  # noqa: ANN401 - a column
    assert _levels(compliant_pod(compliant_container(**changes))) == ["ADVISORY"]


@pytest.mark.parametrize(
    "changes",
    [{"volumes": UNKNOWN}, {"volumes": [{"name": "x", "hostPath": {"path": UNKNOWN}}]}, {"resourceClaims": UNKNOWN}],
)
def test_what_may_hide_a_use_of_the_pod_is_open(changes: Any) -> None:  # noqa: ANN401 - a column
    assert _levels(compliant_pod(**changes)) == ["ADVISORY"]
    assert _levels(compliant_pod(), metadata={"annotations": UNKNOWN}) == ["ADVISORY"]


def test_an_unknown_privilege_beside_a_use_is_open() -> None:
    user = compliant_container(**_amounts(), securityContext={"privileged": UNKNOWN})
    assert _levels(compliant_pod(user)) == ["ADVISORY"]
