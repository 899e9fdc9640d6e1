import pytest

from policies.rules.workload_selinux import WORKLOAD_SELINUX
from tests.support.analyzer import UNKNOWN
from tests.support.rule_bench import RuleBench, compliant_container, compliant_pod

_BENCH = RuleBench(WORKLOAD_SELINUX)
_CONTAINER = "The container 'main' of Deployment 'coder/thing' must have"
_POD = "The pod of Deployment 'coder/thing' must have"


def _options(**options: object) -> dict[str, object]:
    return {"securityContext": {"seLinuxOptions": options}}


@pytest.mark.parametrize("kind", [None, "", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"])
def test_types_for_containers_pass(kind: object) -> None:
    assert _BENCH.of_container(_options(type=kind, level="s0:c1,c2", user="", role=None)) == []


@pytest.mark.parametrize(
    ("key", "value", "rule"),
    [
        ("type", "spc_t", "one of container_engine_t, container_init_t, container_kvm_t, container_t"),
        ("type", 1, "one of container_engine_t, container_init_t, container_kvm_t, container_t"),
        ("user", "system_u", "left out"),
        ("user", False, "left out"),
        ("role", "system_r", "left out"),
    ],
)
def test_others_are_refused_of_pods_and_containers(key: str, value: object, rule: str) -> None:
    end = f"an SELinux {key} that is {rule}: it is another."
    assert _BENCH.of_container(_options(**{key: value})) == [f"{_CONTAINER} {end}"]
    assert _BENCH.of_pod(_options(**{key: value})) == [f"{_POD} {end}"]


@pytest.mark.parametrize("options", ["spc_t", ["spc_t"], 1, True])
def test_options_of_another_shape_are_refused(options: object) -> None:
    sentences = _BENCH.of_container({"securityContext": {"seLinuxOptions": options}})
    assert sentences == [f"{_CONTAINER} SELinux options that are an object: they are none."]
    bad = compliant_container(**_options(user="system_u"))
    assert len(_BENCH.sentences(compliant_pod(bad, securityContext={"seLinuxOptions": options}))) == 2


def test_an_unknown_option_hides_no_other() -> None:
    container = compliant_container(**_options(type=UNKNOWN, user="system_u"))
    assert sorted(_BENCH.levels(compliant_pod(container))) == ["ADVISORY", "MANDATORY"]
    unknown = compliant_container(securityContext={"seLinuxOptions": UNKNOWN})
    assert _BENCH.levels(compliant_pod(unknown)) == ["ADVISORY"]
    both = compliant_pod(unknown, compliant_container(**_options(user="system_u")))
    assert sorted(_BENCH.levels(both)) == ["ADVISORY", "MANDATORY"]
