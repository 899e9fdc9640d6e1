"""The workspace image as the stack makes it: one digest for all, no work without a change, no harm by a failure."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest

from core.errors import SptFlowError
from core.image_reference import ImageReference
from lab.deploy import image_build
from lab.deploy.service import deploy, open_engine
from lab.deploy.target import DeployTarget, lab_target
from lab.progress import SilentProgress
from lab.pushed_image import image_health, pushed_image
from tests.integration.conftest import Platform
from tests.support.coder_site import SMALL, CoderSite

pytestmark = pytest.mark.lab

_REPOSITORY = "spt-flow/workspace"
_TEMPLATES = ("spt-flow", "spt-flow-ci")
_NO_TOOL = "no-such-tool"


@pytest.fixture
def target(platform: Platform) -> DeployTarget:
    """Return the target, if its stack builds the image."""
    found = lab_target(platform.stack, platform.instance)
    if found.image_build is None:
        pytest.skip("the stack does not build the workspace image (workspaceImageBuild: none)")
    return found


def _reference(target: DeployTarget, platform: Platform) -> ImageReference:
    outputs = open_engine(target, platform.toolchain, SilentProgress()).outputs()
    return ImageReference.parse(str(outputs["workspaceImage"]))


def _active(site: CoderSite) -> dict[str, tuple[str, str]]:
    """Return the active version of each template, and the image it starts workspaces from."""
    found = {}
    with site.client() as client:
        for name in _TEMPLATES:
            template = client.templates.find(name)
            assert template is not None
            variables = client.template_versions.variables(template.active_version_id)
            image = next(each.value for each in variables if each.name == "workspace_image")
            found[name] = (template.active_version_id, image)
    return found


def test_templates_and_every_tag_are_the_one_digest(target: DeployTarget, platform: Platform, site: CoderSite) -> None:
    reference = _reference(target, platform)
    assert str(reference).startswith(f"registry.coder.svc.cluster.local:5000/{_REPOSITORY}@sha256:")
    assert {image for _, image in _active(site).values()} == {str(reference)}
    base = f"http://{platform.registry}/v2/{_REPOSITORY}"
    accept = {"Accept": "application/vnd.docker.distribution.manifest.v2+json"}
    with httpx.Client(trust_env=False) as client:
        tags = client.get(f"{base}/tags/list").raise_for_status().json()["tags"]
        digests = {
            tag: client.head(f"{base}/manifests/{tag}", headers=accept).headers["Docker-Content-Digest"] for tag in tags
        }
    assert "latest" in tags
    assert any(tag.startswith("content-") for tag in tags)
    assert set(digests.values()) == {reference.digest}


def test_the_image_tells_what_it_is(target: DeployTarget, platform: Platform) -> None:
    image = pushed_image(platform.instance)
    assert image is not None
    assert target.image_build is not None
    assert image.target == target.image_build.target
    health = image_health(platform.instance)
    assert health.healthy, health.detail


def test_without_a_change_no_builder_is_started(
    target: DeployTarget, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_build, "builder", _forbidden)
    again = deploy(target, platform.toolchain, SilentProgress())
    assert not again.applied


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (
            {"workspaceImageRequired": [_NO_TOOL]},
            f"REQUIRED_TOOLS names tools that this image does not have: {_NO_TOOL}",
        ),
        # Allowed, and nothing listens there; for an address that is silent the daemon would wait minutes.
        ({"workspaceImagePush": "localhost"}, "cannot be pushed"),
    ],
    ids=["build", "push"],
)
def test_a_failure_leaves_the_image_before_in_use(
    changed: dict[str, Any], words: str, target: DeployTarget, platform: Platform, site: CoderSite
) -> None:
    before, active = pushed_image(platform.instance), _active(site)
    failing = replace(target, overlay={**target.overlay, **changed})
    with pytest.raises(SptFlowError) as caught:
        deploy(failing, platform.toolchain, SilentProgress())
    assert words in str(caught.value)
    assert pushed_image(platform.instance) == before
    assert _active(site) == active
    deploy(target, platform.toolchain, SilentProgress())
    assert pushed_image(platform.instance) == before
    assert _active(site) == active


def test_a_workspace_starts_from_it_by_digest(target: DeployTarget, platform: Platform, site: CoderSite) -> None:
    reference = _reference(target, platform)
    with site.client() as client:
        workspace = site.start(client, "imaged", template="spt-flow", parameters=SMALL)
        images = {container["image"] for container in site.pod(workspace.id)["spec"]["containers"]}
        assert images == {str(reference)}
        site.remove(client, workspace.id)


@contextmanager
def _forbidden(*_args: object) -> Iterator[str]:
    pytest.fail("the builder was started, though nothing changed")
    yield ""
