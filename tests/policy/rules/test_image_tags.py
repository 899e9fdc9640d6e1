import json
from typing import Any

import pytest

from policies.rules.image_tags import IMAGE_TAGS
from tests.support.analyzer import SECRET_MARK, UNKNOWN, secret
from tests.support.judged import exempting, judged
from tests.support.workload_kinds import DEPLOYMENT, POD, WORKLOAD_KINDS, in_list, workload

_SHA = "sha256:" + "0123456789abcdef" * 4
_LISTS = ("containers", "initContainers", "ephemeralContainers")
_RELEASE = "kubernetes:helm.sh/v3:Release"
_COMMAND = "command:local:Command"


def _image(image: object, resource_type: str = DEPLOYMENT) -> list[str]:
    spec = {"containers": [{"name": "main", "image": image}]}
    return judged(IMAGE_TAGS, resource_type, workload(resource_type, spec)).sentences


def _values(values: object) -> list[str]:
    return judged(IMAGE_TAGS, _RELEASE, {"values": values}).sentences


@pytest.mark.parametrize(
    "image", ["nginx:1.27", f"nginx@{_SHA}", f"ghcr.io/a/b:1@{_SHA}", "localhost:5000/x:latest-1", "x:Latest"]
)
def test_a_fixed_tag_or_a_digest_passes(image: str) -> None:
    assert _image(image) == []


@pytest.mark.parametrize(
    ("image", "complaint"),
    [
        ("nginx", "must name its image with a fixed tag or a digest: docker.io/library/nginx has neither."),
        ("nginx:443/nginx", "must name its image with a fixed tag or a digest: nginx:443/nginx has neither."),
        ("Registry:5000/x", "must name its image with a fixed tag or a digest: Registry:5000/x has neither."),
        ("nginx:latest", "must not have the tag 'latest': its image is docker.io/library/nginx:latest."),
        (f"x:latest@{_SHA}", f"must not have the tag 'latest': its image is docker.io/library/x:latest@{_SHA}."),
        ("", "must name its image: it names none."),
        (None, "must name its image: it names none."),
        (7, "must name its image by a reference: its value is no text."),
        (["nginx:1"], "must name its image by a reference: its value is no text."),
        ({"a": {"b": []}}, "must name its image by a reference: its value is no text."),
        (True, "must name its image by a reference: its value is no text."),
        ("Nginx:1", "must name its image by a well-formed reference: the repository is not a lower-case path."),
        (
            f"nginx@{_SHA[:-1]}",
            (
                "must name its image by a well-formed reference: "
                "the digest is not sha256, sha384 or sha512 with that many lower-case digits."
            ),
        ),
        (
            "https://example.com/x:1",
            (
                "must name its image by a well-formed reference: "
                "the registry is not a host name or address with an optional port."
            ),
        ),
        ("x" * 100_000, None),
        ("nginx:\u0661", None),
    ],
)
def test_anything_else_is_told(image: object, complaint: str | None) -> None:
    (sentence,) = _image(image)
    if complaint is not None:
        assert sentence == f"The container 'main' of Deployment 'thing' {complaint}"
    assert len(sentence) < 400


@pytest.mark.parametrize("kind", _LISTS)
@pytest.mark.parametrize("resource_type", WORKLOAD_KINDS)
def test_every_container_of_every_workload_is_looked_at(resource_type: str, kind: str) -> None:
    good = {"name": "main", "image": "x:1"}
    assert (
        judged(IMAGE_TAGS, resource_type, workload(resource_type, {"containers": [good], kind: [good]})).sentences == []
    )
    body = workload(resource_type, {"containers": [good], kind: [{"name": "bad", "image": "x"}]})
    assert len(judged(IMAGE_TAGS, resource_type, body).sentences) == 1


@pytest.mark.parametrize("typed", [True, False])
def test_lists_are_opened(typed: bool) -> None:  # noqa: FBT001 - a column
    body = workload(POD, {"containers": [{"name": "main", "image": "x"}]})
    assert len(judged(IMAGE_TAGS, *in_list(POD, body, body, typed=typed)).sentences) == 2


@pytest.mark.parametrize(
    ("image", "count"), [({"reference": "x:1"}, 0), ({"reference": "x"}, 1), ({}, 1), ("x", 1), (None, 0)]
)
def test_volumes_out_of_images_are_images(image: object, count: int) -> None:
    spec = {"containers": [], "volumes": [{"name": "data", "image": image}]}
    found = judged(IMAGE_TAGS, POD, workload(POD, spec)).sentences
    assert len(found) == count
    assert all(sentence.startswith("The volume 'data' of Pod 'thing' must ") for sentence in found)


@pytest.mark.parametrize(
    ("values", "count"),
    [
        ({"coder": {"image": {"repo": "ghcr.io/coder/coder", "tag": "v2"}}}, 0),
        ({"coder": {"image": {"repo": "ghcr.io/coder/coder", "tag": f"v2@{_SHA}"}}}, 0),
        ({"coder": {"image": {"repo": "ghcr.io/coder/coder"}}}, 1),
        ({"coder": {"image": {"repo": "ghcr.io/coder/coder", "tag": ""}}}, 1),
        ({"image": {"registry": "docker.io", "repository": "bitnami/x", "tag": "1"}}, 0),
        ({"image": {"repository": "bitnami/x", "digest": _SHA}}, 0),
        ({"image": {"repository": "bitnami/x", "tag": "latest"}}, 1),
        ({"image": {"repository": "x", "tag": 1.2}}, 1),
        ({"image": {"repository": ["x"], "tag": "1"}}, 1),
        ({"image": "x:1", "initImage": "y:1"}, 0),
        ({"image": "x", "imageTag": "1"}, 0),
        ({"image": "x", "imageTag": 1}, 1),
        ({"list": [{"sidecarImage": "x"}]}, 1),
        ({"initContainers": [{"name": "a", "image": "x:latest"}]}, 1),
        ({"image": {"pullPolicy": "Always", "nested": {"image": "x"}}}, 1),
        ({"image": "", "other": {"image": None}, "imagePullPolicy": "Always", "imagePullSecrets": ["x"]}, 0),
        (None, 0),
        ("text", 0),
    ],
)
def test_values_of_charts_are_read(values: object, count: int) -> None:
    found = _values(values)
    assert len(found) == count
    assert all(" of Release 'thing' must " in sentence for sentence in found)


def test_a_value_is_named_by_its_path() -> None:
    assert _values({"coder": {"image": {"repo": "ghcr.io/coder/coder"}}}) == [
        (
            "The value 'values.coder.image' of Release 'thing' must name its image with a fixed tag or a digest: "
            "ghcr.io/coder/coder has neither."
        )
    ]
    (sentence,) = _values({f"{SECRET_MARK} x": {"image": "x"}})
    assert sentence.startswith("A value of Release 'thing' must")


@pytest.mark.parametrize(
    ("resource_type", "props", "count"),
    [
        ("docker:index/image:Image", {"imageName": "registry.example.com/x"}, 1),
        ("docker:index/image:Image", {"imageName": "registry.example.com/x:1"}, 0),
        ("docker:index/image:Image", {"imageName": "registry.example.com/x:latest"}, 0),
        ("docker:index/image:Image", {}, 1),
        ("docker-build:index:Image", {"tags": ["x:1", "x:latest", "x"]}, 1),
        ("docker:index/container:Container", {"image": "x"}, 1),
        ("docker:index/remoteImage:RemoteImage", {"name": "x"}, 1),
        ("kubernetes:example.com/v1:Job", {"spec": {"image": "x"}}, 1),
        ("kubernetes:argoproj.io/v1:Rollout", {"spec": {"template": {"spec": {"containers": [{"image": "x"}]}}}}, 1),
        ("kubernetes:networking.k8s.io/v1:Ingress", {"spec": {"image": "x"}}, 0),
        ("kubernetes:core/v1:ConfigMap", {"data": {"image": "x"}}, 0),
        ("aws:ec2:Instance", {"image": "x"}, 0),
        (_COMMAND, {"environment": {"WORKSPACE_IMAGE": "x"}}, 1),
        (_COMMAND, {"environment": {"PUSH": json.dumps({"variables": {"workspace_image": "x"}})}}, 1),
        (_COMMAND, {"environment": {"PUSH": json.dumps({"variables": {"workspace_image": "x:1", "y_image": ""}})}}, 0),
        (_COMMAND, {"environment": {"PUSH": "{no json", "OTHER": "{" * 5000}}, 0),
        (_COMMAND, {"environment": {"PUSH": secret(json.dumps({"image": SECRET_MARK}))}}, 0),
    ],
)
def test_other_resources_that_name_images(resource_type: str, props: dict[str, Any], count: int) -> None:
    found = judged(IMAGE_TAGS, resource_type, props)
    assert (len(found.sentences), found.open) == (count, [])


def test_a_marked_image_is_not_repeated() -> None:
    assert _image(secret(SECRET_MARK)) == [
        (
            "The container 'main' of Deployment 'thing' must name its image with a fixed tag or a digest: "
            "a value marked as secret has neither."
        )
    ]
    assert SECRET_MARK not in "".join(_values({"image": {"repo": secret(SECRET_MARK)}}))


@pytest.mark.parametrize(
    "spec",
    [
        {"containers": [{"name": "a", "image": UNKNOWN}, {"name": "b", "image": "x"}]},
        {"containers": [{"name": "b", "image": "x"}, UNKNOWN]},
        {"containers": UNKNOWN, "initContainers": [{"name": "b", "image": "x"}]},
        {"containers": [{"name": "b", "image": "x"}], "volumes": UNKNOWN},
    ],
)
def test_unknown_hides_only_itself(spec: dict[str, Any]) -> None:
    found = judged(IMAGE_TAGS, DEPLOYMENT, workload(DEPLOYMENT, spec))
    assert (len(found.sentences), len(found.open)) == (1, 1)


@pytest.mark.parametrize(
    "values",
    [
        {"image": UNKNOWN},
        {"image": {"repository": UNKNOWN}},
        {"image": {"repository": "x", "tag": UNKNOWN}},
        {"image": "x", "imageTag": UNKNOWN},
    ],
)
def test_unknown_values_are_told(values: dict[str, Any]) -> None:
    found = judged(IMAGE_TAGS, _RELEASE, {"values": values})
    assert (found.sentences, len(found.open)) == ([], 1)


def test_an_exemption_counts_until_its_day() -> None:
    body = workload(DEPLOYMENT, {"containers": [{"name": "main", "image": "x"}]}, namespace="coder")
    valid = judged(IMAGE_TAGS, DEPLOYMENT, body, exemptions=exempting("Deployment coder/thing"))
    assert valid.sentences == []
    expired = exempting("Deployment coder/thing", expires="2020-01-01")
    (sentence,) = judged(IMAGE_TAGS, DEPLOYMENT, body, exemptions=expired).sentences
    assert sentence.endswith("Its exemption ended on 2020-01-01 (reason: known and watched).")


def test_deep_values_break_nothing() -> None:
    deep: dict[str, Any] = {"image": "x"}
    for _ in range(40):
        deep = {"a": [deep]}
    assert len(_values(deep)) == 1
