import pytest

from policies.rules.volume_host_paths import VOLUME_HOST_PATHS
from tests.support.analyzer import UNKNOWN, Finding
from tests.support.rule_bench import RuleBench

_TYPE = "kubernetes:core/v1:PersistentVolume"
_BENCH = RuleBench(
    VOLUME_HOST_PATHS,
    allowed=[{"resource": "PersistentVolume disk", "paths": ["/mnt/disk"], "reason": "the lab has no other disk"}],
)


def _volume(spec: object, name: object = "other") -> dict[str, object]:
    return {"metadata": {"name": name}, "spec": spec}


def _levels(findings: list[Finding]) -> list[str]:
    return sorted(finding.level for finding in findings)


@pytest.mark.parametrize("spec", [{"csi": {"driver": "x"}}, {"nfs": {"path": "/"}}, {"hostPath": None}, {}, None, "x"])
def test_other_volumes_pass(spec: object) -> None:
    assert _BENCH.told_of(_TYPE, _volume(spec)) == []


@pytest.mark.parametrize("key", ["hostPath", "local"])
@pytest.mark.parametrize(("path", "told"), [("/mnt/disk", "the path /mnt/disk"), (None, "a path that is none")])
def test_paths_and_local_disks_of_the_node_are_refused(key: str, path: object, told: str) -> None:
    assert _BENCH.told_of(_TYPE, _volume({key: {"path": path}})) == [
        f"The {key} source of PersistentVolume 'other' must not be {told} of the node: this object may use none."
    ]


@pytest.mark.parametrize("key", ["hostPath", "local"])
def test_a_named_volume_may_use_its_exact_path(key: str) -> None:
    assert _BENCH.told_of(_TYPE, _volume({key: {"path": "/mnt/disk/"}}, "disk")) == []
    (sentence,) = _BENCH.told_of(_TYPE, _volume({key: {"path": "/mnt/disks"}}, "disk"))
    assert sentence.endswith("must not be the path /mnt/disks of the node: this object may use /mnt/disk only.")


def test_lists_of_volumes_are_opened() -> None:
    assert len(_BENCH.told_of(f"{_TYPE}List", {"items": [_volume({"local": {"path": "/"}})]})) == 1
    items = [{"kind": kind, **_volume({"local": {"path": "/"}})} for kind in ("Service", "PersistentVolume")]
    assert len(_BENCH.told_of("kubernetes:core/v1:List", {"items": items})) == 1


@pytest.mark.parametrize(
    "token", ["kubernetes:core/v1:PersistentVolumeClaim", "kubernetes:example.com/v1:PersistentVolume"]
)
def test_other_kinds_are_passed_over(token: str) -> None:
    assert _BENCH.of(token, _volume({"hostPath": {"path": "/"}})) == []


def test_unknown_paths_are_open_only_where_one_is_allowed() -> None:
    assert _levels(_BENCH.of(_TYPE, _volume({"local": {"path": UNKNOWN}}, "disk"))) == ["ADVISORY"]
    assert _levels(_BENCH.of(_TYPE, _volume({"local": {"path": UNKNOWN}}))) == ["MANDATORY"]
    assert _levels(_BENCH.of(_TYPE, _volume({"local": UNKNOWN, "hostPath": {"path": "/"}}))) == [
        "ADVISORY",
        "MANDATORY",
    ]
    assert _levels(_BENCH.of(_TYPE, _volume(UNKNOWN))) == ["ADVISORY"]


def test_exemptions_name_the_volume() -> None:
    exemption = {"resource": "PersistentVolume other", "reason": "is being moved", "expires": "9999-12-31"}
    bench = RuleBench(VOLUME_HOST_PATHS, exemptions=[exemption])
    assert bench.of(_TYPE, _volume({"local": {"path": "/"}})) == []
    assert len(bench.of(_TYPE, _volume({"local": {"path": "/"}}, "another"))) == 1
