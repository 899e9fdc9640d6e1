import pytest

from policies.rules.workload_volume_types import WORKLOAD_VOLUME_TYPES
from tests.support.analyzer import UNKNOWN
from tests.support.rule_bench import RuleBench, compliant_pod

_BENCH = RuleBench(WORKLOAD_VOLUME_TYPES)
_MORE = RuleBench(WORKLOAD_VOLUME_TYPES, moreTypes=["nfs"], csiDrivers=["secrets-store.csi.k8s.io"])
_START = "The volume 'data' of Deployment 'coder/thing' must not be"
_SAFE = ["configMap", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected", "secret"]


def _volumes(*sources: object) -> dict[str, object]:
    return {"volumes": [{"name": "data", **each} if isinstance(each, dict) else each for each in sources]}


@pytest.mark.parametrize("kind", [*_SAFE, "hostPath"])
def test_safe_kinds_pass_and_paths_are_judged_by_another_rule(kind: str) -> None:
    assert _BENCH.of_pod(_volumes({kind: {}})) == []


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("nfs", "'nfs'"),
        ("flexVolume", "'flexVolume'"),
        ("hostpath", "'hostpath'"),
        ("awsElasticBlockStore", "'awsElasticBlockStore'"),
        ("what ever", "it is"),
    ],
)
def test_other_kinds_are_refused_even_beside_a_safe_one(kind: str, told: str) -> None:
    assert _BENCH.of_pod(_volumes({"emptyDir": {}}, {"emptyDir": {}, kind: {}})) == [
        f"{_START} of the kind {told}: it is not on the list."
    ]
    assert _BENCH.of_pod(_volumes({"emptyDir": {}, kind: None})) == []


def test_more_kinds_come_from_the_configuration() -> None:
    assert _MORE.of_pod(_volumes({"nfs": {}})) == []
    assert len(_MORE.of_pod(_volumes({"iscsi": {}}))) == 1


@pytest.mark.parametrize(
    ("driver", "told"),
    [("hostpath.csi.k8s.io", "'hostpath.csi.k8s.io'"), (None, "it names"), (1, "it names"), ("a b", "it names")],
)
def test_drivers_have_to_be_listed(driver: object, told: str) -> None:
    sentence = f"{_START} made by the CSI driver {told}: it is not on the list."
    assert _BENCH.of_pod(_volumes({"csi": {"driver": driver}})) == [sentence]
    assert _MORE.of_pod(_volumes({"csi": {"driver": driver}})) == [sentence]
    assert _MORE.of_pod(_volumes({"csi": {"driver": "secrets-store.csi.k8s.io"}})) == []


def test_unknown_volumes_and_drivers_hide_no_others() -> None:
    assert sorted(_BENCH.levels(compliant_pod(**_volumes(UNKNOWN, {"nfs": {}})))) == ["ADVISORY", "MANDATORY"]
    assert _BENCH.levels(compliant_pod(volumes=UNKNOWN)) == ["ADVISORY"]
    driver = compliant_pod(**_volumes({"csi": {"driver": UNKNOWN}}))
    assert _MORE.levels(driver) == ["ADVISORY"]
    assert _BENCH.levels(driver) == ["MANDATORY"]
