"""The account that a job in the cluster runs as, and its right to nodes: manifests, and their declaration."""

__all__ = [
    "build_account",
    "build_node_role",
    "build_node_role_binding",
    "declare_account",
    "declare_cluster_rights",
    "declare_rights",
]

from collections.abc import Sequence

import pulumi
import pulumi_kubernetes as kubernetes

from components.manifest import Manifest, object_metadata
from core.kubernetes_names import object_labels


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
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": name, "labels": object_labels(name, component)},
        "rules": [{"apiGroups": [""], "resources": ["nodes"], "verbs": list(verbs)}],
    }


def build_node_role_binding(name: str, namespace: str, component: str) -> Manifest:
    """Return the binding of the role to the account of the same name, which lives in `namespace`."""
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": name, "labels": object_labels(name, component)},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": name},
        "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": namespace}],
    }


def declare_account(name: str, manifest: Manifest, opts: pulumi.ResourceOptions) -> kubernetes.core.v1.ServiceAccount:
    """Declare the account as `<name>-account`."""
    return kubernetes.core.v1.ServiceAccount(
        f"{name}-account",
        metadata=manifest["metadata"],
        automount_service_account_token=manifest["automountServiceAccountToken"],
        opts=opts,
    )


def declare_cluster_rights(
    name: str, *, role: Manifest, binding: Manifest, account: pulumi.Resource, parent: pulumi.Resource
) -> list[pulumi.Resource]:
    """Declare the role as `<name>-role` and its binding to the account as `<name>-role-binding`; return both."""
    made = kubernetes.rbac.v1.ClusterRole(
        f"{name}-role",
        metadata=role["metadata"],
        rules=role["rules"],
        opts=pulumi.ResourceOptions(parent=parent),
    )
    bound = kubernetes.rbac.v1.ClusterRoleBinding(
        f"{name}-role-binding",
        metadata=binding["metadata"],
        role_ref=binding["roleRef"],
        subjects=binding["subjects"],
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[account, made]),
    )
    return [made, bound]


def declare_rights(
    name: str, *, role: Manifest, binding: Manifest, account: pulumi.Resource, parent: pulumi.Resource
) -> list[pulumi.Resource]:
    """Declare the role of one namespace as `<name>-role`, its binding as `<name>-role-binding`; return both."""
    made = kubernetes.rbac.v1.Role(
        f"{name}-role",
        metadata=role["metadata"],
        rules=role["rules"],
        opts=pulumi.ResourceOptions(parent=parent),
    )
    bound = kubernetes.rbac.v1.RoleBinding(
        f"{name}-role-binding",
        metadata=binding["metadata"],
        role_ref=binding["roleRef"],
        subjects=binding["subjects"],
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[account, made]),
    )
    return [made, bound]
