from typing import Any

import pytest

from policies.rules.binding_grants import BINDING_GRANTS
from tests.support.analyzer import UNKNOWN
from tests.support.judged import Judged, exempting, judged

_GROUP = "kubernetes:rbac.authorization.k8s.io/v1"
_ACCOUNT = {"kind": "ServiceAccount", "name": "reader", "namespace": "tools"}


def _judged(role: object, subjects: object = None, kind: str = "RoleBinding", **config: Any) -> Judged:  # noqa: ANN401 - any setting
    props = {
        "metadata": {"name": "reader", "namespace": "tools"},
        "roleRef": role,
        "subjects": [_ACCOUNT] if subjects is None else subjects,
    }
    return judged(BINDING_GRANTS, f"{_GROUP}:{kind}", props, **config)


def _role(name: object, kind: object = "ClusterRole") -> dict[str, object]:
    return {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": name}


_OWN = _role("reader", "Role")


@pytest.mark.parametrize(
    ("role", "kind", "words"),
    [
        (_role("cluster-admin"), "RoleBinding", "give the ClusterRole cluster-admin: it may do everything"),
        (_role("cluster-admin"), "ClusterRoleBinding", "give the ClusterRole cluster-admin: it may do everything"),
        (_role("cluster-admin", None), "RoleBinding", "give the ClusterRole cluster-admin: it may do everything"),
        (_role("cluster-admin", UNKNOWN), "ClusterRoleBinding", "give the ClusterRole cluster-admin"),
        (_role("admin"), "ClusterRoleBinding", "give the ClusterRole admin in every namespace at once"),
        (_role("edit"), "ClusterRoleBinding", "give the ClusterRole edit in every namespace at once"),
        (_role("system:node"), "RoleBinding", "give a ClusterRole of the system's own (its name begins with system:)"),
        (_role(None), "RoleBinding", "be without a role: roleRef.name is missing or no string"),
        (_role(7), "RoleBinding", "be without a role: roleRef.name is missing or no string"),
        (None, "RoleBinding", "be without a role: roleRef.name is missing or no string"),
    ],
)
def test_roles_that_are_too_strong(role: object, kind: str, words: str) -> None:
    (sentence,) = _judged(role, kind=kind).sentences
    name = "tools/reader" if kind == "RoleBinding" else "reader"
    assert sentence.startswith(f"{kind} '{name}' must not {words}")


@pytest.mark.parametrize(
    ("role", "kind"),
    [
        (_OWN, "RoleBinding"),
        (_role("cluster-admin", "Role"), "RoleBinding"),
        (_role("edit"), "RoleBinding"),
        (_role("view"), "ClusterRoleBinding"),
        (_role("cluster-admins"), "ClusterRoleBinding"),
    ],
)
def test_other_roles_pass(role: object, kind: str) -> None:
    assert _judged(role, kind=kind) == Judged([], [])


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ({"kind": "Group", "name": "system:masters"}, "give rights to the Group system:masters"),
        ({"kind": "Group", "name": "system:authenticated"}, "give rights to the Group system:authenticated"),
        ({"kind": "Group", "name": "system:unauthenticated"}, "give rights to the Group system:unauthenticated"),
        ({"kind": "Group", "name": "system:serviceaccounts"}, "give rights to the Group system:serviceaccounts"),
        ({"kind": "Group", "name": "system:nodes"}, "give rights to the Group system:nodes"),
        ({"kind": "User", "name": "system:anonymous"}, "give rights to the User system:anonymous"),
        ({"kind": "Group", "name": "system:serviceaccounts:coder"}, "give rights to every service account"),
        ({"kind": "ServiceAccount", "name": "default", "namespace": "x"}, "give rights to a default service account"),
        ({"kind": "User", "name": "system:serviceaccount:x:default"}, "give rights to a default service account"),
        ({"kind": "Group"}, "have a subject #1 without kind and name as strings"),
        ({"kind": 1, "name": "x"}, "have a subject #1 without kind and name as strings"),
        ("everybody", "have a subject #1 without kind and name as strings"),
    ],
)
def test_subjects_that_are_not_one_program(subject: object, words: str) -> None:
    (sentence,) = _judged(_OWN, [_ACCOUNT, subject]).sentences
    assert sentence.startswith(f"RoleBinding 'tools/reader' must not {words}")


@pytest.mark.parametrize(
    "subject",
    [
        {"kind": "User", "name": "alice"},
        {"kind": "Group", "name": "developers"},
        {"kind": "User", "name": "system:serviceaccount:x:reader"},
        {"kind": "User", "name": "default"},
    ],
)
def test_other_subjects_pass(subject: object) -> None:
    assert _judged(_OWN, [subject]) == Judged([], [])


def test_subjects_that_are_no_list() -> None:
    found = _judged(_OWN, {"kind": "Group"})
    assert found.sentences == ["RoleBinding 'tools/reader' must not have subjects that are no list."]


@pytest.mark.parametrize(
    ("role", "subjects"),
    [
        (_role(UNKNOWN), [{"kind": "Group", "name": "system:masters"}]),
        (_role("cluster-admin"), UNKNOWN),
        (_role("cluster-admin"), [UNKNOWN]),
        (_OWN, [{"kind": UNKNOWN, "name": "x"}, {"kind": "Group", "name": "system:masters"}]),
        (_OWN, [{"kind": "User", "name": UNKNOWN}, {"kind": "Group", "name": "system:masters"}]),
    ],
)
def test_unknown_values_hide_only_themselves(role: object, subjects: object) -> None:
    found = _judged(role, subjects)
    assert (len(found.sentences), len(found.open)) == (1, 1)


def test_a_role_of_unknown_kind_is_open() -> None:
    found = _judged(_role("cluster-admin", UNKNOWN))
    assert (found.sentences, len(found.open)) == ([], 1)


def test_other_types_and_exemptions() -> None:
    assert judged(BINDING_GRANTS, "kubernetes:core/v1:ConfigMap", {"roleRef": _role("cluster-admin")}) == Judged([], [])
    bad = _role("cluster-admin")
    assert _judged(bad, exemptions=exempting("RoleBinding tools/reader")).sentences == []
    assert len(_judged(bad, exemptions=exempting("RoleBinding tools/reader", expires="2020-01-01")).sentences) == 1
