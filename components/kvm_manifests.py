"""The manifests of what offers /dev/kvm to pods, built from plain values."""

__all__ = [
    "KVM_PLUGIN",
    "build_account",
    "build_builtin_daemon_set",
    "build_generic_daemon_set",
    "build_role",
    "build_role_binding",
]

import json
from typing import Final

import pulumi

from components import job_rights
from components.manifest import Manifest, object_metadata
from core.kubernetes_names import object_labels

KVM_PLUGIN: Final = "kvm-plugin"
"""Name of the DaemonSet, its account, role and pods."""

_ROLE: Final = "device-plugin"
# The kubelet's folder for plugins, which is the same whatever its root directory.
_PLUGINS: Final = "/var/lib/kubelet/device-plugins"
_DEVICES: Final = "/dev"
_RESOURCES: Final = {
    "requests": {"cpu": "10m", "memory": "64Mi", "ephemeral-storage": "16Mi"},
    "limits": {"cpu": "250m", "memory": "192Mi", "ephemeral-storage": "64Mi"},
}


def build_account(namespace: str) -> Manifest:
    """Return the account of the plugin's pods; only they mount its token."""
    return job_rights.build_account(KVM_PLUGIN, namespace, _ROLE)


def build_role() -> Manifest:
    """Return the cluster role: nodes may be read and labelled, and nothing else."""
    return job_rights.build_node_role(KVM_PLUGIN, _ROLE, verbs=("get", "list", "patch"))


def build_role_binding(namespace: str) -> Manifest:
    """Return the binding of the role to the account, which lives in `namespace`."""
    return job_rights.build_cluster_role_binding(KVM_PLUGIN, namespace, _ROLE)


def build_builtin_daemon_set(
    namespace: str, *, image: pulumi.Input[str], resource: str, devices_per_node: int
) -> Manifest:
    """Return the platform's own plugin: `python -m jobs kvm-plugin` of the image platform-tools."""
    container = {
        "args": ["kvm-plugin"],
        "env": [
            {"name": "SPT_KVM_DEVICES", "value": str(devices_per_node)},
            {"name": "SPT_KVM_NODE", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}},
            {"name": "SPT_KVM_RESOURCE", "value": resource},
        ],
        "readinessProbe": {
            "exec": {"command": ["test", "-S", f"{_PLUGINS}/{resource.replace('/', '-')}.sock"]},
            "periodSeconds": 10,
            "timeoutSeconds": 5,
        },
    }
    return _daemon_set(namespace, image, container, needs_api=True)


def build_generic_daemon_set(
    namespace: str, *, image: pulumi.Input[str], resource: str, devices_per_node: int
) -> Manifest:
    """Return generic-device-plugin (github.com/squat/generic-device-plugin), whose flags these are.

    Its count is one pod a node unless told otherwise. It tries nothing and labels nothing: a node has the resource as
    soon as it has the device.
    """
    domain, _, name = resource.rpartition("/")
    device = {"name": name, "groups": [{"count": devices_per_node, "paths": [{"path": "/dev/kvm"}]}]}
    container = {"args": ["--domain", domain, "--device", json.dumps(device, separators=(",", ":"))]}
    return _daemon_set(namespace, image, container, needs_api=False)


def _daemon_set(namespace: str, image: pulumi.Input[str], container: Manifest, *, needs_api: bool) -> Manifest:
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": object_metadata(KVM_PLUGIN, namespace, _ROLE),
        "spec": {
            "selector": {"matchLabels": {"app.kubernetes.io/name": KVM_PLUGIN}},
            "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "25%"}},
            "template": {
                "metadata": {"labels": object_labels(KVM_PLUGIN, _ROLE)},
                "spec": {
                    "serviceAccountName": KVM_PLUGIN,
                    "automountServiceAccountToken": needs_api,
                    "enableServiceLinks": False,
                    "terminationGracePeriodSeconds": 10,
                    "priorityClassName": "system-node-critical",
                    # Whatever a node is kept for: if it has KVM, it is offered.
                    "tolerations": [{"operator": "Exists"}],
                    "securityContext": {"runAsUser": 0, "seccompProfile": {"type": "RuntimeDefault"}},
                    "containers": [_container(image, container)],
                    "volumes": [
                        {"name": "plugins", "hostPath": {"path": _PLUGINS, "type": "Directory"}},
                        {"name": "devices", "hostPath": {"path": _DEVICES, "type": "Directory"}},
                    ],
                },
            },
        },
    }


def _container(image: pulumi.Input[str], container: Manifest) -> Manifest:
    return {
        "name": KVM_PLUGIN,
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "resources": {kind: dict(amounts) for kind, amounts in _RESOURCES.items()},
        # To try the device before anybody has it, the plugin must be allowed it, which nothing but this grants; the
        # kubelet's folder belongs to root.
        "securityContext": {"privileged": True, "readOnlyRootFilesystem": True},
        "volumeMounts": [
            {"name": "plugins", "mountPath": _PLUGINS},
            {"name": "devices", "mountPath": _DEVICES},
        ],
        **container,
    }
