import pytest

from policies.rules.metadata_secrets import METADATA_SECRETS
from tests.support.analyzer import UNKNOWN, secret
from tests.support.judged import Judged, exempting, judged
from tests.support.workload_kinds import WORKLOAD_KINDS, workload

_TOKEN = "ghp_" + "a1B2c3D4e5F6g7H8i9J0" * 2
_SHA = "0123456789abcdef" * 4


def _annotated(annotations: object, part: str = "annotations", **config: object) -> Judged:
    props = {"metadata": {"name": "web", part: annotations}}
    return judged(METADATA_SECRETS, "kubernetes:core/v1:Service", props, **config)  # type: ignore[arg-type] # settings


@pytest.mark.parametrize(
    "annotations",
    [
        {"cert-manager.io/cluster-issuer": "example", "pulumi.com/skipAwait": "true"},
        {"spt-flow/config-checksum": _SHA, "spt-flow/credentials-checksum": secret(_SHA)},
        {"spt-flow/credentials-checksum": secret(UNKNOWN)},
        {"operator.1password.io/item-path": "vaults/spt-flow/items/github"},
        None,
        [],
        "text",
    ],
)
def test_what_annotations_are_for_passes(annotations: object) -> None:
    assert _annotated(annotations) == Judged([], [])


@pytest.mark.parametrize(
    ("annotations", "sentence"),
    [
        (
            {"note": _TOKEN},
            "The annotation 'note' of Service 'web' must not hold a secret: it looks like a GitHub token.",
        ),
        (
            {"example.com/password": "hunter"},
            (
                "The annotation 'example.com/password' of Service 'web' must not hold a secret: it looks "
                "like one, going by "
                "its name."
            ),
        ),
        (
            {"note": secret("plain")},
            "The annotation 'note' of Service 'web' must not hold a secret: the program marks it as secret.",
        ),
        (
            {_TOKEN: _TOKEN},
            "An annotation of Service 'web' must not hold a secret: it looks like a GitHub token.",
        ),
        (
            {"checksum": secret("plain")},
            "The annotation 'checksum' of Service 'web' must not hold a secret: the program marks it as secret.",
        ),
    ],
)
def test_secrets_are_told(annotations: object, sentence: str) -> None:
    assert _annotated(annotations).sentences == [sentence]


def test_labels_are_read_too() -> None:
    (sentence,) = _annotated({"token": "abc"}, "labels").sentences
    assert sentence.startswith("The label 'token' of Service 'web'")
    (sentence,) = _annotated({_TOKEN: _TOKEN}, "labels").sentences
    assert sentence.startswith("A label of Service 'web'")


@pytest.mark.parametrize("resource_type", WORKLOAD_KINDS)
def test_so_are_those_of_the_pods_a_workload_makes(resource_type: str) -> None:
    body = workload(resource_type, {"containers": []}, pod_metadata={"annotations": {"note": _TOKEN}})
    assert len(judged(METADATA_SECRETS, resource_type, body).sentences) == 1


def test_unknown_types_and_exemptions() -> None:
    found = _annotated({"a": UNKNOWN, "b": _TOKEN})
    assert (len(found.sentences), len(found.open)) == (1, 1)
    assert judged(METADATA_SECRETS, "aws:ec2:Instance", {"metadata": {"labels": {"a": _TOKEN}}}) == Judged([], [])
    assert _annotated({"a": _TOKEN}, exemptions=exempting("Service web")).sentences == []
    expired = exempting("Service web", expires="2020-01-01")
    assert "ended on 2020-01-01" in _annotated({"a": _TOKEN}, exemptions=expired).sentences[0]
