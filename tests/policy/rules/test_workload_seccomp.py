import pytest

from policies.rules.workload_seccomp import WORKLOAD_SECCOMP
from tests.support.analyzer import UNKNOWN
from tests.support.rule_bench import RuleBench, compliant_container, compliant_pod

_BENCH = RuleBench(WORKLOAD_SECCOMP)
_LISTED = RuleBench(WORKLOAD_SECCOMP, localhostProfiles=["profiles/listed.json"])
_RUNTIME = {"type": "RuntimeDefault"}
_POD = "The pod of Deployment 'coder/thing' must have"
_CONTAINER = "The container 'main' of Deployment 'coder/thing' must have"


def _pod(of_pod: object, *of_containers: object) -> dict[str, object]:
    containers = [compliant_container(securityContext={"seccompProfile": each}) for each in of_containers]
    return compliant_pod(*containers, securityContext={"seccompProfile": of_pod})


@pytest.mark.parametrize(("of_pod", "of_container"), [(_RUNTIME, None), (None, _RUNTIME), (_RUNTIME, _RUNTIME)])
def test_the_profile_of_the_pod_or_of_the_container_will_do(of_pod: object, of_container: object) -> None:
    assert _BENCH.sentences(_pod(of_pod, of_container)) == []


def test_each_container_needs_one() -> None:
    sentence = f"{_CONTAINER} the seccompProfile RuntimeDefault, or its pod: both have none."
    assert _BENCH.sentences(_pod(None, _RUNTIME, None)) == [sentence]
    assert _BENCH.sentences(compliant_pod(securityContext=None)) == [sentence]


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("Unconfined", "Unconfined"),
        ("runtime/default", "none of its types"),
        (None, "none of its types"),
        ("", "none of its types"),
        (True, "none of its types"),
    ],
)
def test_another_profile_is_refused_wherever_it_stands(kind: object, found: str) -> None:
    end = f"the seccompProfile RuntimeDefault: it is {found}."
    assert _BENCH.sentences(_pod({"type": kind}, _RUNTIME)) == [f"{_POD} {end}"]
    assert _BENCH.sentences(_pod(_RUNTIME, {"type": kind})) == [f"{_CONTAINER} {end}"]


@pytest.mark.parametrize("profile", ["RuntimeDefault", ["RuntimeDefault"], {}, 1])
def test_a_profile_of_another_shape_is_refused(profile: object) -> None:
    assert len(_BENCH.sentences(_pod(_RUNTIME, profile))) == 1


@pytest.mark.parametrize(
    ("name", "allowed"),
    [("profiles/listed.json", True), ("profiles/other.json", False), ("/profiles/listed.json", False), (None, False)],
)
def test_a_profile_of_the_node_has_to_be_listed(name: object, allowed: bool) -> None:  # noqa: FBT001 - a column
    spec = _pod({"type": "Localhost", "localhostProfile": name}, None)
    sentence = f"{_POD} a seccompProfile of its node that is allowed: this one is not listed."
    assert _LISTED.sentences(spec) == ([] if allowed else [sentence])
    assert _BENCH.sentences(spec) == [sentence]
    own = _pod(None, {"type": "Localhost", "localhostProfile": name})
    assert len(_LISTED.sentences(own)) == (0 if allowed else 1)


def test_old_annotations_count_for_nothing() -> None:
    metadata = {"annotations": {"seccomp.security.alpha.kubernetes.io/pod": "runtime/default"}}
    assert len(_BENCH.sentences(_pod(None, None), pod_metadata=metadata)) == 1


def test_unknown_profiles_hide_only_themselves() -> None:
    assert _BENCH.levels(_pod(UNKNOWN, None)) == ["ADVISORY"]
    assert sorted(_BENCH.levels(_pod(UNKNOWN, {"type": "Unconfined"}))) == ["ADVISORY", "MANDATORY"]
    assert _BENCH.levels(_pod(_RUNTIME, {"type": UNKNOWN})) == ["ADVISORY"]
    unnamed = _pod({"type": "Localhost", "localhostProfile": UNKNOWN}, None)
    assert _LISTED.levels(unnamed) == ["ADVISORY"]
    assert _BENCH.levels(unnamed) == ["MANDATORY"]
