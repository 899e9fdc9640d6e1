from typing import Any

import pytest

from policies.rules.image_digests import IMAGE_DIGESTS
from tests.support.analyzer import UNKNOWN
from tests.support.judged import Judged, exempting, judged
from tests.support.workload_kinds import DEPLOYMENT, WORKLOAD_KINDS, workload

_SHA = "sha256:" + "0123456789abcdef" * 4


def _image(image: object, resource_type: str = DEPLOYMENT, **config: Any) -> Judged:  # noqa: ANN401 - any setting of the rule
    body = workload(resource_type, {"containers": [{"name": "main", "image": image}]})
    return judged(IMAGE_DIGESTS, resource_type, body, **config)


@pytest.mark.parametrize("resource_type", WORKLOAD_KINDS)
def test_every_kind_of_workload(resource_type: str) -> None:
    assert _image(f"postgres:15@{_SHA}", resource_type) == Judged([], [])
    assert len(_image("postgres:15", resource_type).sentences) == 1


def test_the_sentence_names_the_image() -> None:
    assert _image("postgres:15").sentences == [
        (
            "The container 'main' of Deployment 'thing' must name its image by digest: "
            "docker.io/library/postgres:15 has none."
        )
    ]


def test_a_stack_can_do_without() -> None:
    assert _image("postgres:15", required=False) == Judged([], [])


@pytest.mark.parametrize(("tag", "count"), [(f"v2@{_SHA}", 0), ("v2", 1)])
def test_coders_chart_takes_the_digest_in_its_tag(tag: str, count: int) -> None:
    values = {"coder": {"image": {"repo": "ghcr.io/coder/coder", "tag": tag}}}
    assert len(judged(IMAGE_DIGESTS, "kubernetes:helm.sh/v3:Release", {"values": values}).sentences) == count


def test_images_that_are_made_have_none_yet() -> None:
    assert judged(IMAGE_DIGESTS, "docker:index/image:Image", {"imageName": "x:1"}) == Judged([], [])
    assert len(judged(IMAGE_DIGESTS, "docker:index/container:Container", {"image": "x:1"}).sentences) == 1


def test_what_is_no_reference_belongs_to_another_rule_and_unknown_is_told() -> None:
    assert _image("Nginx") == Judged([], [])
    found = _image(UNKNOWN)
    assert (found.sentences, len(found.open)) == ([], 1)


def test_an_exemption_counts_until_its_day() -> None:
    assert _image("nginx:1", exemptions=exempting("Deployment thing")).sentences == []
    assert len(_image("nginx:1", exemptions=exempting("Deployment thing", expires="2020-01-01")).sentences) == 1


_NAMESPACE = "kubernetes:core/v1:Namespace"


@pytest.mark.parametrize(("name", "count"), [("coder-workspace", 1), ("coder", 0), (3, 0)])
def test_a_namespace_that_admits_images_by_tag_is_told(name: object, count: int) -> None:
    said = judged(IMAGE_DIGESTS, _NAMESPACE, {"metadata": {"name": name}}, admittedByTag=["coder-workspace"])
    assert len(said.sentences) == count
    if count:
        assert said.sentences == [
            "Namespace 'coder-workspace' must admit images by digest only: it admits them by tag."
        ]


def test_the_namespaces_own_exemption_says_why_and_until_when() -> None:
    body = {"metadata": {"name": "coder-workspace"}}
    exempted = exempting("Namespace coder-workspace")
    said = judged(IMAGE_DIGESTS, _NAMESPACE, body, admittedByTag=["coder-workspace"], exemptions=exempted)
    assert said == Judged([], [])


def test_a_namespace_of_unknown_name_is_open_only_where_some_admit_tags() -> None:
    body = {"metadata": {"name": UNKNOWN}}
    assert judged(IMAGE_DIGESTS, _NAMESPACE, body) == Judged([], [])
    assert judged(IMAGE_DIGESTS, _NAMESPACE, body, admittedByTag=["coder-workspace"]).open
