"""The account that a job in the cluster runs as, and its rights: manifests, and their declaration."""

__all__ = [
    "build_account",
    "build_cluster_role_binding",
    "build_node_role",
    "build_role_binding",
    "declare_account",
    "declare_rights",
]

from collections.abc import Sequence
from typing import Final

import pulumi
import pulumi_kubernetes as kubernetes

from components.manifest import Manifest, object_metadata
from core.kubernetes_names import object_labels

_RBAC: Final = "rbac.authorization.k8s.io"
_CLASSES: Final = {
    "ClusterRole": (kubernetes.rbac.v1.ClusterRole, kubernetes.rbac.v1.ClusterRoleBinding),
    "Role": (kubernetes.rbac.v1.Role, kubernetes.rbac.v1.RoleBinding),
}


def build_account(name: str, namespace: str, component: str) -> Manifest:
    """Return the account; no pod has its token that does not ask for it."""
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": object_metadata(name, namespace, component),
        "automountServiceAccountToken": False,
    }


def build_node_role(name: str, component: str, *, verbs: Sequence[str]) -> Manifest:
    """Return the cluster role: the verbs on nodes, and nothing else."""
    return {
        "apiVersion": f"{_RBAC}/v1",
        "kind": "ClusterRole",
        "metadata": {"name": name, "labels": object_labels(name, component)},
        "rules": [{"apiGroups": [""], "resources": ["nodes"], "verbs": list(verbs)}],
    }


def build_cluster_role_binding(name: str, namespace: str, component: str) -> Manifest:
    """Return the binding of the cluster role to the account of the same name, which lives in `namespace`."""
    return {
        "apiVersion": f"{_RBAC}/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": name, "labels": object_labels(name, component)},
        **_grant("ClusterRole", name, namespace),
    }


def build_role_binding(name: str, namespace: str, component: str, *, account_namespace: str) -> Manifest:
    """Return the binding of the role in `namespace` to the account of the same name, which lives elsewhere."""
    return {
        "apiVersion": f"{_RBAC}/v1",
        "kind": "RoleBinding",
        "metadata": object_metadata(name, namespace, component),
        **_grant("Role", name, account_namespace),
    }


def _grant(kind: str, name: str, account_namespace: str) -> Manifest:
    return {
        "roleRef": {"apiGroup": _RBAC, "kind": kind, "name": name},
        "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": account_namespace}],
    }


def declare_account(name: str, manifest: Manifest, opts: pulumi.ResourceOptions) -> kubernetes.core.v1.ServiceAccount:
    """Declare the account as `<name>-account`."""
    return kubernetes.core.v1.ServiceAccount(
        f"{name}-account",
        metadata=manifest["metadata"],
        automount_service_account_token=manifest["automountServiceAccountToken"],
        opts=opts,
    )


def declare_rights(
    name: str, *, role: Manifest, binding: Manifest, parent: pulumi.Resource, account: pulumi.Resource | None = None
) -> list[pulumi.Resource]:
    """Declare the role as `<name>-role` and its binding as `<name>-role-binding`; return both.

    A binding to an account of ours waits for `account`; one to people has nothing more to wait for.
    The role's kind says whether it is for one namespace or for the cluster.
    """
    role_class, binding_class = _CLASSES[role["kind"]]
    made = role_class(
        f"{name}-role",
        metadata=role["metadata"],
        rules=role["rules"],
        opts=pulumi.ResourceOptions(parent=parent),
    )
    bound = binding_class(
        f"{name}-role-binding",
        metadata=binding["metadata"],
        role_ref=binding["roleRef"],
        subjects=binding["subjects"],
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[made] if account is None else [account, made]),
    )
    return [made, bound]
