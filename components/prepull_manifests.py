"""The manifests that keep the workspace image on the nodes, and that check it, built from plain values."""

__all__ = [
    "CHECK_NAME",
    "PREPULL_NAME",
    "build_account",
    "build_cron_job",
    "build_daemon_set",
    "build_role",
    "build_role_binding",
]

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pulumi

from components import job_rights
from components.manifest import Manifest, object_metadata
from components.restricted_pod import container_security, pod_security
from components.scheduled_job import build_scheduled_job
from core.kubernetes_names import object_labels

PREPULL_NAME: Final = "prepull"
"""Name of the DaemonSet and its pods."""

CHECK_NAME: Final = "prepull-check"
"""Name of the CronJob, its account, role and pods."""

_ROLE: Final = "prepull"
# The user of workspaces, who is in every image of them.
_WORKSPACE_USER: Final = 1000
_CHECK_USER: Final = 65532
_HOLD: Final = {
    "requests": {"cpu": "1m", "memory": "8Mi", "ephemeral-storage": "1Mi"},
    # Nothing runs but sleep; what is beyond that is what starting a container takes.
    "limits": {"cpu": "50m", "memory": "32Mi", "ephemeral-storage": "16Mi"},
}
_CHECK: Final = {
    "requests": {"cpu": "50m", "memory": "96Mi", "ephemeral-storage": "16Mi"},
    "limits": {"cpu": "500m", "memory": "256Mi", "ephemeral-storage": "64Mi"},
}
# What a run takes besides the time it gives to pulls: the image of the job, and Python's start.
_START_SECONDS: Final = 300


def build_daemon_set(
    namespace: str,
    *,
    image: pulumi.Input[str],
    node_selector: Mapping[str, str],
    tolerations: Sequence[Mapping[str, Any]],
) -> Manifest:
    """Return the DaemonSet: a container of the image on each node, which does nothing.

    The kubelet collects no image that a container uses (kubernetes 1.34.4, detectImages and freeSpace in
    pkg/kubelet/images/image_gc_manager.go). In the pod template nothing changes but the image, and that by its digest:
    so nothing else rolls it.
    """
    metadata = object_metadata(PREPULL_NAME, namespace, _ROLE)
    # A node that cannot pull is no reason to hold a deployment up: the check names it.
    metadata["annotations"] = {"pulumi.com/skipAwait": "true"}
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": metadata,
        "spec": {
            "selector": {"matchLabels": {"app.kubernetes.io/name": PREPULL_NAME}},
            "revisionHistoryLimit": 2,
            # The new image is there before the old one is let go, and not all nodes pull at once.
            "updateStrategy": {
                "type": "RollingUpdate",
                "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 0},
            },
            "template": {
                "metadata": {"labels": object_labels(PREPULL_NAME, _ROLE)},
                "spec": {
                    "automountServiceAccountToken": False,
                    "enableServiceLinks": False,
                    # sleep, as the first process of a container, does not end when it is asked to.
                    "terminationGracePeriodSeconds": 1,
                    # Of critical pods the kubelet evicts none: not even when the disk is full, which is when the image
                    # would go with the pod.
                    "priorityClassName": "system-node-critical",
                    "nodeSelector": _node_selector(node_selector),
                    "tolerations": [dict(toleration) for toleration in tolerations],
                    "securityContext": pod_security(_WORKSPACE_USER, has_volume=False),
                    "containers": [_holder(image)],
                },
            },
        },
    }


def build_account(namespace: str) -> Manifest:
    """Return the account of the check's pods; only they mount its token."""
    return job_rights.build_account(CHECK_NAME, namespace, _ROLE)


def build_role() -> Manifest:
    """Return the cluster role: nodes may be read, and nothing else."""
    return job_rights.build_node_role(CHECK_NAME, _ROLE, verbs=("get", "list"))


def build_role_binding(namespace: str) -> Manifest:
    """Return the binding of the role to the account, which lives in `namespace`."""
    return job_rights.build_cluster_role_binding(CHECK_NAME, namespace, _ROLE)


def build_cron_job(
    namespace: str,
    *,
    image: pulumi.Input[str],
    schedule: pulumi.Input[str],
    wait_seconds: int,
    settings: Mapping[str, pulumi.Input[str]],
) -> Manifest:
    """Return the CronJob of the check; `settings` are its environment variables, but for `wait_seconds`.

    One run at a time; one that found a node without the image has failed, and is not repeated in a hurry.
    """
    variables = {**settings, "PREPULL_WAIT_SECONDS": str(wait_seconds)}
    return build_scheduled_job(
        CHECK_NAME,
        namespace,
        _ROLE,
        schedule=schedule,
        deadline_seconds=wait_seconds + _START_SECONDS,
        pod=_check_pod(image, variables),
    )


def _holder(image: pulumi.Input[str]) -> Manifest:
    return {
        "name": "image",
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "command": ["sleep", "infinity"],
        "resources": {kind: dict(amounts) for kind, amounts in _HOLD.items()},
        "securityContext": container_security(),
    }


def _check_pod(image: pulumi.Input[str], variables: Mapping[str, pulumi.Input[str]]) -> Manifest:
    return {
        "restartPolicy": "Never",
        "serviceAccountName": CHECK_NAME,
        "automountServiceAccountToken": True,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": 5,
        "securityContext": pod_security(_CHECK_USER, has_volume=False),
        "containers": [
            {
                "name": CHECK_NAME,
                "image": image,
                "imagePullPolicy": "IfNotPresent",
                "args": ["prepull-check"],
                "env": [{"name": name, "value": variables[name]} for name in sorted(variables)],
                "resources": {kind: dict(amounts) for kind, amounts in _CHECK.items()},
                "securityContext": container_security(),
            }
        ],
    }


def _node_selector(labels: Mapping[str, str]) -> dict[str, str]:
    # The image is for Linux; a label of the user's may say otherwise, and then it is the user's.
    return {"kubernetes.io/os": "linux", **labels}
