import pytest

from policies.rules.resource_patches import RESOURCE_PATCHES
from tests.support.rule_bench import RuleBench

_BENCH = RuleBench(RESOURCE_PATCHES, allowed=["ServiceAccountPatch coder/default"])
_OBJECT = {"metadata": {"name": "default", "namespace": "coder"}}


@pytest.mark.parametrize(
    ("token", "kind"),
    [
        ("kubernetes:apps/v1:DeploymentPatch", "DeploymentPatch"),
        ("kubernetes:core/v1:NamespacePatch", "NamespacePatch"),
        ("kubernetes:rbac.authorization.k8s.io/v1:ClusterRolePatch", "ClusterRolePatch"),
    ],
)
def test_patches_are_refused(token: str, kind: str) -> None:
    sentence = f"{kind} 'coder/default' must be declared as a whole object, never as a patch."
    assert _BENCH.told_of(token, _OBJECT) == [sentence]
    assert _BENCH.told_of(token, {**_OBJECT, "kind": kind.removesuffix("Patch")}) == [sentence]


def test_a_named_patch_is_allowed_and_no_other() -> None:
    token = "kubernetes:core/v1:ServiceAccountPatch"  # noqa: S105 - a type token
    assert _BENCH.told_of(token, _OBJECT) == []
    assert len(_BENCH.told_of(token, {"metadata": {"name": "other", "namespace": "coder"}})) == 1
    assert len(RuleBench(RESOURCE_PATCHES).told_of(token, _OBJECT)) == 1


@pytest.mark.parametrize(
    "token", ["kubernetes:apps/v1:Deployment", "kubernetes:example.com/v1:Patch", "aws:ec2:VpcPatch"]
)
def test_other_kinds_pass(token: str) -> None:
    assert _BENCH.told_of(token, _OBJECT) == []
