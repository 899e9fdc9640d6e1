from typing import Any

import pytest

from policies.rules.image_registries import IMAGE_REGISTRIES
from tests.support.analyzer import SECRET_MARK, UNKNOWN, secret
from tests.support.judged import Judged, exempting, judged
from tests.support.workload_kinds import DEPLOYMENT, WORKLOAD_KINDS, in_list, workload

_ALLOWED = ["ghcr.io/coder", "registry.example.com", "docker.io/library/postgres", "registry.local:5000/spt-flow"]
_SHA = "sha256:" + "0123456789abcdef" * 4


def _image(image: object, resource_type: str = DEPLOYMENT, **config: Any) -> Judged:  # noqa: ANN401 - any setting of the rule
    body = workload(resource_type, {"containers": [{"name": "main", "image": image}]})
    return judged(IMAGE_REGISTRIES, resource_type, body, **{"allowedRepositories": _ALLOWED, **config})


@pytest.mark.parametrize(
    "image",
    [
        "ghcr.io/coder/coder:v2",
        f"ghcr.io/coder/envbuilder@{_SHA}",
        "registry.example.com/any/thing:1",
        "postgres:15",
        "docker.io/postgres:15",
        "index.docker.io/library/postgres:15",
        "registry.local:5000/spt-flow/workspace:1",
    ],
)
def test_images_from_allowed_repositories_pass(image: str) -> None:
    assert _image(image) == Judged([], [])


@pytest.mark.parametrize(
    "image",
    [
        "registry.example.com.evil.io/any/thing:1",
        "registry.example.com:5000/any/thing:1",
        "evil.io/registry.example.com/x:1",
        "evil.io/ghcr.io/coder/coder:1",
        "ghcr.io/coderx/coder:1",
        "ghcr.io/coder-evil/coder:1",
        "GHCR.IO/coder/coder:1",
        "registry.local/spt-flow/workspace:1",
        "postgres-evil:15",
        "library/postgresql:15",
        "evil/postgres:15",
        "nginx:1",
        "coder/coder:1",
    ],
)
def test_look_alikes_do_not(image: str) -> None:
    (sentence,) = _image(image).sentences
    assert sentence.startswith(
        "The container 'main' of Deployment 'thing' must have an image from an allowed repository:"
    )


def test_the_sentence_names_image_and_list() -> None:
    assert _image("nginx:1", allowedRepositories=["ghcr.io/coder", "quay.io"]).sentences == [
        (
            "The container 'main' of Deployment 'thing' must have an image from an allowed repository: "
            "docker.io/library/nginx:1 is in none of them (allowed: ghcr.io/coder, quay.io)."
        )
    ]


@pytest.mark.parametrize("resource_type", WORKLOAD_KINDS)
def test_every_kind_of_workload(resource_type: str) -> None:
    assert _image("postgres:1", resource_type).sentences == []
    assert len(_image("nginx:1", resource_type).sentences) == 1


def _in_namespace(namespace: object, *images: str, listed: bool = False) -> Judged:
    body = workload(DEPLOYMENT, {"containers": [{"image": image} for image in images]}, namespace=namespace)
    resource_type, props = in_list(DEPLOYMENT, body) if listed else (DEPLOYMENT, body)
    config: dict[str, Any] = {"allowedRepositories": ["ghcr.io/coder"], "namespaces": {"workspaces": ["quay.io/own"]}}
    return judged(IMAGE_REGISTRIES, resource_type, props, **config)


def test_a_namespace_has_more_for_itself_alone() -> None:
    assert _in_namespace("workspaces", "quay.io/own/thing:1") == Judged([], [])
    (sentence,) = _in_namespace("workspaces", "quay.io/other/thing:1").sentences
    assert sentence.endswith("(allowed: ghcr.io/coder, quay.io/own).")
    (sentence,) = _in_namespace("coder", "ghcr.io/coder/coder:1", "quay.io/own/thing:1").sentences
    assert sentence.endswith("(allowed: ghcr.io/coder).")


@pytest.mark.parametrize("listed", [True, False])
def test_an_unknown_namespace_hides_only_what_it_decides(listed: bool) -> None:  # noqa: FBT001 - a column
    found = _in_namespace(UNKNOWN, "quay.io/own/thing:1", "quay.io/other/thing:1", listed=listed)
    assert (len(found.sentences), len(found.open)) == (1, 1)
    assert "quay.io/other/thing:1" in found.sentences[0]


def test_by_default_nothing_is_allowed() -> None:
    (sentence,) = _image("postgres:15", allowedRepositories=[]).sentences
    assert sentence.endswith("(allowed: none).")


@pytest.mark.parametrize("image", ["Nginx", None, 5, "", ["x"]])
def test_what_is_no_reference_belongs_to_another_rule(image: object) -> None:
    assert _image(image) == Judged([], [])


def test_charts_and_builds_are_judged() -> None:
    release = judged(
        IMAGE_REGISTRIES,
        "kubernetes:helm.sh/v3:Release",
        {"values": {"coder": {"image": {"repo": "evil.io/coder", "tag": "1"}}}},
        allowedRepositories=_ALLOWED,
    )
    assert len(release.sentences) == 1
    build = judged(
        IMAGE_REGISTRIES, "docker:index/image:Image", {"imageName": "evil.io/x:1"}, allowedRepositories=_ALLOWED
    )
    assert len(build.sentences) == 1


def _build(image: str, *networks: str) -> Judged:
    config: dict[str, Any] = {"allowedRepositories": _ALLOWED, "pushNetworks": list(networks)}
    return judged(IMAGE_REGISTRIES, "docker:index/image:Image", {"imageName": image}, **config)


@pytest.mark.parametrize("image", ["10.98.7.50:5000/x:1", "10.98.7.50/x/y:1"])
def test_what_is_made_may_be_pushed_into_networks(image: str) -> None:
    assert _build(image, "10.98.0.0/16", "192.0.2.0/24") == Judged([], [])
    assert _build(image, "10.98.3.4/16") == Judged([], [])
    assert len(_build(image, "10.99.0.0/16").sentences) == 1
    assert len(_build(image).sentences) == 1


def test_each_of_several_that_are_made_is_judged() -> None:
    tags = {"tags": ["10.98.7.50:5000/x:1", "evil.io/x:1"]}
    found = judged(
        IMAGE_REGISTRIES,
        "docker-build:index:Image",
        tags,
        allowedRepositories=_ALLOWED,
        pushNetworks=["10.98.0.0/16"],
    )
    assert len(found.sentences) == 1


@pytest.mark.parametrize("image", ["10.98.0.50.evil.io/x:1", "evil.io/10.98.0.50:1", "localhost:5000/x:1"])
def test_a_name_is_in_no_network(image: str) -> None:
    assert len(_build(image, "0.0.0.0/0").sentences) == 1


def test_what_runs_does_not_come_from_a_network() -> None:
    assert len(_image("10.98.7.50:5000/x:1", pushNetworks=["10.98.0.0/16"]).sentences) == 1


def test_other_types_and_unknown_images() -> None:
    assert judged(IMAGE_REGISTRIES, "aws:ec2:Instance", {"image": "evil.io/x"}) == Judged([], [])
    found = _image(UNKNOWN)
    assert (found.sentences, len(found.open)) == ([], 1)


def test_a_marked_image_is_not_repeated() -> None:
    (sentence,) = _image(secret(SECRET_MARK)).sentences
    assert SECRET_MARK not in sentence


def test_an_exemption_counts_until_its_day() -> None:
    assert _image("nginx:1", exemptions=exempting("Deployment thing")).sentences == []
    assert len(_image("nginx:1", exemptions=exempting("Deployment thing", expires="2020-01-01")).sentences) == 1
