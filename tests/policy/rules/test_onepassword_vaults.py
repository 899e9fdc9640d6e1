from typing import Any

import pytest

from policies.rules.onepassword_vaults import ONEPASSWORD_VAULTS
from tests.support.analyzer import SECRET_MARK, UNKNOWN, secret
from tests.support.judged import Judged, exempting, judged
from tests.support.workload_kinds import DEPLOYMENT, workload

_ITEM = "kubernetes:onepassword.com/v1:OnePasswordItem"
_PULUMI = "onepassword:index/item:Item"


def _path(path: object, **config: Any) -> Judged:  # noqa: ANN401 - any setting of the rule
    props = {"metadata": {"name": "github", "namespace": "coder"}, "spec": {"itemPath": path}}
    return judged(ONEPASSWORD_VAULTS, _ITEM, props, **{"allowedVaults": ["spt-flow", "My Vault"], **config})


@pytest.mark.parametrize("path", ["vaults/spt-flow/items/github", "vaults/My Vault/items/a b"])
def test_items_of_allowed_vaults_pass(path: str) -> None:
    assert _path(path) == Judged([], [])


@pytest.mark.parametrize(
    ("path", "complaint"),
    [
        ("vaults/private/items/github", "must name an allowed vault: 'private' is none (allowed: spt-flow, My Vault)."),
        (
            "vaults/spt-flow-2/items/x",
            "must name an allowed vault: 'spt-flow-2' is none (allowed: spt-flow, My Vault).",
        ),
        ("vaults/Spt-Flow/items/x", "must name an allowed vault: 'Spt-Flow' is none (allowed: spt-flow, My Vault)."),
        ("vaults/\u00fc/items/x", "must name an allowed vault: its value is none (allowed: spt-flow, My Vault)."),
        ("vaults/spt-flow/../private/items/x", None),
        ("vaults/spt-flow/items/", None),
        ("vaults//items/x", None),
        ("/vaults/spt-flow/items/x", None),
        ("vaults/spt-flow/items/x/y", None),
        ("spt-flow", None),
        ("", None),
        (None, None),
        (["vaults/spt-flow/items/x"], None),
    ],
)
def test_anything_else_is_told(path: object, complaint: str | None) -> None:
    complaint = complaint or "must be vaults/<vault>/items/<item>: its value is not of that form."
    assert _path(path).sentences == [f"The spec.itemPath of OnePasswordItem 'coder/github' {complaint}"]


def test_by_default_no_vault_is_allowed() -> None:
    (sentence,) = _path("vaults/spt-flow/items/x", allowedVaults=[]).sentences
    assert sentence.endswith("(allowed: none).")


def test_the_operators_annotation_counts_too() -> None:
    annotations = {"operator.1password.io/item-path": "vaults/private/items/x"}
    service = judged(ONEPASSWORD_VAULTS, "kubernetes:core/v1:Service", {"metadata": {"annotations": annotations}})
    assert len(service.sentences) == 1
    body = workload(DEPLOYMENT, {"containers": []}, pod_metadata={"annotations": annotations})
    assert len(judged(ONEPASSWORD_VAULTS, DEPLOYMENT, body).sentences) == 1


@pytest.mark.parametrize(("vault", "count"), [("spt-flow", 0), ("private", 1), (None, 1), (7, 1)])
def test_items_that_the_program_makes(vault: object, count: int) -> None:
    found = judged(ONEPASSWORD_VAULTS, _PULUMI, {"vault": vault}, allowedVaults=["spt-flow"])
    assert len(found.sentences) == count
    assert all(each.startswith("The vault of Item 'thing' must name an allowed vault: ") for each in found.sentences)


def test_unknown_marks_types_and_exemptions() -> None:
    assert len(_path(UNKNOWN).open) == 1
    vault = judged(ONEPASSWORD_VAULTS, _PULUMI, {"vault": UNKNOWN})
    assert (vault.sentences, len(vault.open)) == ([], 1)
    annotations = {"operator.1password.io/item-path": "vaults/private/items/x"}
    both = judged(ONEPASSWORD_VAULTS, _ITEM, {"metadata": {"annotations": annotations}, "spec": {"itemPath": UNKNOWN}})
    assert (len(both.sentences), len(both.open)) == (1, 1)
    (sentence,) = _path(secret(f"vaults/{SECRET_MARK}/items/x")).sentences
    assert SECRET_MARK not in sentence
    assert judged(ONEPASSWORD_VAULTS, "kubernetes:core/v1:Secret", {"spec": {"itemPath": "x"}}) == Judged([], [])
    assert _path("vaults/x/items/y", exemptions=exempting("OnePasswordItem coder/github")).sentences == []
    expired = exempting("OnePasswordItem coder/github", expires="2020-01-01")
    assert "ended on 2020-01-01" in _path("vaults/x/items/y", exemptions=expired).sentences[0]
