import pytest

from policies.rules.workload_apparmor import WORKLOAD_APPARMOR
from tests.support.analyzer import UNKNOWN
from tests.support.rule_bench import RuleBench, compliant_container, compliant_pod

_KEY = "container.apparmor.security.beta.kubernetes.io/main"
_COMPLAINT = "must have the AppArmor profile RuntimeDefault, or none: this one is not allowed."
_LISTED = RuleBench(WORKLOAD_APPARMOR, localhostProfiles=["listed"])


def _profile(kind: object, name: object = None) -> dict[str, object]:
    profile = {"type": kind} if name is None else {"type": kind, "localhostProfile": name}
    return {"securityContext": {"appArmorProfile": profile}}


def test_the_runtimes_profile_passes_and_so_does_none() -> None:
    bench = RuleBench(WORKLOAD_APPARMOR)
    assert bench.of_container(_profile("RuntimeDefault")) == []
    assert bench.of_container({"securityContext": {"appArmorProfile": None}}) == []


@pytest.mark.parametrize("kind", ["Unconfined", "runtimedefault", "", 1, None, ["RuntimeDefault"]])
def test_another_profile_is_refused(kind: object) -> None:
    sentence = f"The container 'main' of Deployment 'coder/thing' {_COMPLAINT}"
    assert RuleBench(WORKLOAD_APPARMOR).of_container(_profile(kind)) == [sentence]
    assert RuleBench(WORKLOAD_APPARMOR).of_pod(_profile(kind)) == [f"The pod of Deployment 'coder/thing' {_COMPLAINT}"]


def test_a_profile_of_the_node_has_to_be_listed() -> None:
    assert len(RuleBench(WORKLOAD_APPARMOR).of_container(_profile("Localhost", "listed"))) == 1
    assert _LISTED.of_container(_profile("Localhost", "listed")) == []
    assert len(_LISTED.of_container(_profile("Localhost", "other"))) == 1
    assert len(_LISTED.of_container(_profile("Localhost"))) == 1


@pytest.mark.parametrize(
    ("value", "refused"),
    [
        ("runtime/default", False),
        ("localhost/listed", False),
        ("localhost/other", True),
        ("listed", True),
        ("unconfined", True),
        (None, True),
        (7, True),
    ],
)
def test_annotations_count_too(value: object, refused: bool) -> None:  # noqa: FBT001 - a column
    found = _LISTED.sentences(compliant_pod(), pod_metadata={"annotations": {_KEY: value, "other": "unconfined"}})
    assert found == ([f"The pod of Deployment 'coder/thing' {_COMPLAINT}"] if refused else [])


def test_an_unknown_profile_is_open_unless_none_would_do() -> None:
    spec = compliant_pod(compliant_container(**_profile("Localhost", UNKNOWN)))
    assert _LISTED.levels(spec) == ["ADVISORY"]
    assert RuleBench(WORKLOAD_APPARMOR).levels(spec) == ["MANDATORY"]
    assert _LISTED.levels(compliant_pod(compliant_container(**_profile(UNKNOWN)))) == ["ADVISORY"]
    assert _LISTED.levels(compliant_pod(), pod_metadata={"annotations": {_KEY: UNKNOWN}}) == ["ADVISORY"]
    assert _LISTED.levels(compliant_pod(), pod_metadata={"annotations": UNKNOWN}) == ["ADVISORY"]
