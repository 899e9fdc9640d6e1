import pytest

from policies.rules.snapshot_class import SNAPSHOT_CLASS
from tests.support.analyzer import UNKNOWN
from tests.support.judged import Judged, exempting, judged
from tests.support.workload_kinds import in_list

_TYPES = (
    "kubernetes:snapshot.storage.k8s.io/v1:VolumeSnapshotClass",
    "kubernetes:groupsnapshot.storage.k8s.io/v1beta1:VolumeGroupSnapshotClass",
)


@pytest.mark.parametrize("resource_type", _TYPES)
@pytest.mark.parametrize(
    ("policy", "words"),
    [
        ("Delete", "its deletionPolicy is Delete"),
        (None, "it has none"),
        ("retain", "its deletionPolicy is another one"),
        (True, "its deletionPolicy is another one"),
        (["Retain"], "its deletionPolicy is another one"),
    ],
)
def test_snapshots_are_retained(resource_type: str, policy: object, words: str) -> None:
    kind = resource_type.rpartition(":")[2]
    found = judged(SNAPSHOT_CLASS, resource_type, {"metadata": {"name": "homes"}, "deletionPolicy": policy})
    assert found.sentences == [f"{kind} 'homes' must have the deletionPolicy Retain: {words}."]
    assert judged(SNAPSHOT_CLASS, resource_type, {"deletionPolicy": "Retain"}) == Judged([], [])


def test_unknown_other_types_and_exemptions() -> None:
    found = judged(SNAPSHOT_CLASS, _TYPES[0], {"deletionPolicy": UNKNOWN})
    assert (found.sentences, len(found.open)) == ([], 1)
    bodies = [{"deletionPolicy": "Retain"}, {"deletionPolicy": UNKNOWN}, {"deletionPolicy": "Delete"}]
    found = judged(SNAPSHOT_CLASS, *in_list(_TYPES[0], *bodies))
    assert (len(found.sentences), len(found.open)) == (1, 1)
    other = "kubernetes:snapshot.storage.k8s.io/v1:VolumeSnapshotContent"
    assert judged(SNAPSHOT_CLASS, other, {"deletionPolicy": UNKNOWN}) == Judged([], [])
    props = {"metadata": {"name": "homes"}, "deletionPolicy": "Delete"}
    assert judged(SNAPSHOT_CLASS, _TYPES[0], props, exemptions=exempting("VolumeSnapshotClass homes")).sentences == []
    expired = exempting("VolumeSnapshotClass homes", expires="2020-01-01")
    assert len(judged(SNAPSHOT_CLASS, _TYPES[0], props, exemptions=expired).sentences) == 1


def test_a_namespace_that_a_provider_made_up_is_no_part_of_the_name() -> None:
    props = {"metadata": {"name": "homes", "namespace": "default"}, "deletionPolicy": "Delete"}
    (sentence,) = judged(SNAPSHOT_CLASS, _TYPES[0], props).sentences
    assert sentence.startswith("VolumeSnapshotClass 'homes' must")
    assert judged(SNAPSHOT_CLASS, _TYPES[0], props, exemptions=exempting("VolumeSnapshotClass homes")).sentences == []
