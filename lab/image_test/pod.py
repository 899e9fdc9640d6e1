"""A pod that runs the image as a workspace's pod does: same user, same rights, same limits' order of size."""

__all__ = ["MARK", "NAMESPACE", "image_pod"]

from collections.abc import Mapping
from typing import Any, Final

from core.kubernetes_names import object_labels

NAMESPACE: Final = "coder-workspace"
MARK: Final = "spt-flow.dev/image-test"
"""Label of what is to be deleted."""

_LIMITS: Final = {"cpu": "2", "memory": "2Gi", "ephemeral-storage": "4Gi"}
_REQUESTS: Final = {"cpu": "100m", "memory": "256Mi", "ephemeral-storage": "256Mi"}


def image_pod(name: str, image: str, *, kvm_resource: str = "") -> Mapping[str, Any]:
    """Return the manifest; with a resource's name, the pod has /dev/kvm."""
    device = {kvm_resource: "1"} if kvm_resource else {}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": name,
            "namespace": NAMESPACE,
            "labels": {
                **object_labels(name, "test"),
                MARK: "true",
                "spt-flow.dev/kvm": "true" if kvm_resource else "false",
            },
        },
        "spec": {
            "restartPolicy": "Never",
            "terminationGracePeriodSeconds": 1,
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "securityContext": {
                "runAsUser": 1000,
                "runAsGroup": 1000,
                "runAsNonRoot": True,
                "fsGroup": 1000,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "containers": [
                {
                    "name": "workspace",
                    "image": image,
                    "command": ["sleep", "3600"],
                    "resources": {"limits": {**_LIMITS, **device}, "requests": {**_REQUESTS, **device}},
                    # sudo needs it, as in a workspace.
                    "securityContext": {"privileged": False, "allowPrivilegeEscalation": True},
                }
            ],
        },
    }
