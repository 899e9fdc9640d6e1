"""Who may read what was done: a group of people, and the logs of the pods, in which the use of sudo stands."""

__all__ = ["AuditReaders", "AuditReadersArgs", "build_reader_binding", "build_reader_role", "declare_audit"]

from collections.abc import Sequence
from typing import Final, TypedDict

import pulumi

from components.job_rights import declare_rights
from components.manifest import Manifest, object_metadata
from components.network_flows import CODER, SYSTEM, WORKSPACES
from settings import Settings

_READER: Final = "audit-reader"
_COMPONENT: Final = "audit"
_RBAC: Final = "rbac.authorization.k8s.io"


class AuditReadersArgs(TypedDict):
    """Who reads where."""

    group: str  # no Input: a subject that is not known before the deployment could not be judged
    """Group of people, as the cluster names groups."""
    namespaces: Sequence[str]  # no Input: names are made of them
    """Namespaces whose pods' logs they read."""


class AuditReaders(pulumi.ComponentResource):
    """A role in each namespace, and its binding to the group."""

    def __init__(self, name: str, args: AuditReadersArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("spt-flow:index:AuditReaders", name, None, opts)
        for namespace in args["namespaces"]:
            declare_rights(
                f"{name}-{namespace}",
                role=build_reader_role(namespace),
                binding=build_reader_binding(namespace, args["group"]),
                parent=self,
            )
        self.register_outputs({})


def declare_audit(settings: Settings, opts: pulumi.ResourceOptions) -> None:
    """Let the group that the stack's settings name read the logs, if they name one."""
    if group := settings.audit.audit_reader_group:
        AuditReaders(_READER, {"group": group, "namespaces": (CODER, WORKSPACES, SYSTEM)}, opts)


def build_reader_role(namespace: str) -> Manifest:
    """Return the role: which pods there are, and what they have written. No Secrets, no way into a pod, no change."""
    return {
        "apiVersion": f"{_RBAC}/v1",
        "kind": "Role",
        "metadata": object_metadata(_READER, namespace, _COMPONENT),
        "rules": [
            {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]},
            {"apiGroups": [""], "resources": ["pods/log"], "verbs": ["get"]},
        ],
    }


def build_reader_binding(namespace: str, group: str) -> Manifest:
    """Return the role's binding to the group."""
    return {
        "apiVersion": f"{_RBAC}/v1",
        "kind": "RoleBinding",
        "metadata": object_metadata(_READER, namespace, _COMPONENT),
        "roleRef": {"apiGroup": _RBAC, "kind": "Role", "name": _READER},
        "subjects": [{"apiGroup": _RBAC, "kind": "Group", "name": group}],
    }
