"""Rule: bindings give no role that rules the cluster, and nothing to everybody."""

__all__ = ["BINDING_GRANTS", "check"]

from collections.abc import Iterator, Mapping
from typing import Any, Final

from policies.findings import Findings
from policies.resource import Manifest, Resource
from policies.rule import ResourceRule, RuleWords

_GROUP: Final = "rbac.authorization.k8s.io"
_ANYWHERE: Final = frozenset({"cluster-admin"})
_CLUSTER_WIDE: Final = frozenset({"admin", "edit"})
_SYSTEM: Final = "system:"
_EVERYBODY: Final = frozenset(
    {
        ("Group", "system:authenticated"),
        ("Group", "system:masters"),
        ("Group", "system:nodes"),
        ("Group", "system:serviceaccounts"),
        ("Group", "system:unauthenticated"),
        ("User", "system:anonymous"),
    }
)
_NAMESPACE_ACCOUNTS: Final = "system:serviceaccounts:"
_DEFAULT_ACCOUNT: Final = "default"


def check(resource: Resource, _config: Mapping[str, Any], findings: Findings) -> None:
    """Report bindings of built-in roles that are too strong, and subjects that are not one person or program."""
    for manifest in resource.manifests(findings):
        if manifest.group == _GROUP and manifest.kind in ("RoleBinding", "ClusterRoleBinding"):
            for complaint in (*_role_complaints(manifest, findings), *_subject_complaints(manifest, findings)):
                findings.violation(manifest.subject, f"{manifest.subject.title} must not {complaint}.")


def _role_complaints(manifest: Manifest, findings: Findings) -> Iterator[str]:
    kind, name = manifest.body.get("roleRef", "kind"), manifest.body.get("roleRef", "name")
    findings.is_open(kind, name)
    if name.unknown is not None or (kind.unknown is not None and manifest.kind == "RoleBinding"):
        return
    text = name.text()
    if text is None:
        yield "be without a role: roleRef.name is missing or no string"
    elif kind.unknown is None and kind.value == "Role":
        # A Role of this name is one of the namespace's own, which its own rule judges.
        return
    elif text in _ANYWHERE:
        yield f"give the ClusterRole {text}: it may do everything"
    elif text in _CLUSTER_WIDE and manifest.kind == "ClusterRoleBinding":
        yield f"give the ClusterRole {text} in every namespace at once"
    elif text.startswith(_SYSTEM):
        yield "give a ClusterRole of the system's own (its name begins with system:)"


def _subject_complaints(manifest: Manifest, findings: Findings) -> Iterator[str]:
    subjects = manifest.body.get("subjects")
    if not findings.is_open(subjects) and not subjects.is_missing and not subjects.is_sequence:
        yield "have subjects that are no list"
    for number, subject in enumerate(subjects.items()):
        kind, name = subject.get("kind"), subject.get("name")
        if findings.is_open(subject) or findings.is_open(kind, name):
            continue
        found = (kind.text(), name.text())
        if None in found:
            yield f"have a subject #{number} without kind and name as strings"
        elif found in _EVERYBODY:
            yield f"give rights to the {found[0]} {found[1]}: that is not one person or program"
        elif found[0] == "Group" and str(found[1]).startswith(_NAMESPACE_ACCOUNTS):
            yield f"give rights to every service account of a namespace (subject #{number})"
        elif _is_default_account(*found):
            yield f"give rights to a default service account (subject #{number}): every pod without its own has it"


def _is_default_account(kind: str | None, name: str | None) -> bool:
    if kind == "ServiceAccount":
        return name == _DEFAULT_ACCOUNT
    parts = str(name).split(":")
    return kind == "User" and parts[:2] == ["system", "serviceaccount"] and parts[-1] == _DEFAULT_ACCOUNT


BINDING_GRANTS: Final = ResourceRule(
    words=RuleWords(
        name="binding-forbids-broad-grants",
        title="Bindings give little, and to someone",
        description=(
            "A binding must not give cluster-admin, admin or edit in every namespace, or a role of the system's own, "
            "and must not name groups such as system:authenticated or a default service account."
        ),
        remediation=(
            "Write a Role with the rights that are needed, and bind it to a service account of the program's own."
        ),
        tags=("kubernetes", "rbac"),
    ),
    read=lambda config: config,
    check=check,
)
"""The rule."""
