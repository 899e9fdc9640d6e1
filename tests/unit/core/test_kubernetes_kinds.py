import pytest

from core.kubernetes_kinds import is_cluster_scoped


@pytest.mark.parametrize(
    ("group", "kind", "verdict"),
    [
        ("core", "Namespace", True),
        ("core", "PersistentVolume", True),
        ("core", "PersistentVolumeClaim", False),
        ("rbac.authorization.k8s.io", "ClusterRole", True),
        ("rbac.authorization.k8s.io", "Role", False),
        ("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding", True),
        ("gateway.networking.k8s.io", "GatewayClass", True),
        ("gateway.networking.k8s.io", "Gateway", False),
        ("snapshot.storage.k8s.io", "VolumeSnapshotClass", True),
        ("snapshot.storage.k8s.io", "VolumeSnapshot", False),
        ("example.com", "Namespace", False),
        ("", "Namespace", False),
    ],
)
def test_scope(group: str, kind: str, verdict: bool) -> None:  # noqa: FBT001 - a column of the table
    assert is_cluster_scoped(group, kind) is verdict
