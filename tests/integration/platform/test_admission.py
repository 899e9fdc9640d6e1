"""The admission policy in force on the platform as it is deployed."""

import json
from typing import Any, Final

import pytest

from tests.integration.conftest import Platform
from tests.support.admission_case import load_corpus

pytestmark = pytest.mark.lab

_POLICY: Final = "workloads.spt-flow.dev"


def _deployment(platform: Platform) -> dict[str, Any]:
    """Return a workspace of the corpus, with images that the stack `dev` allows."""
    name = "workspace-as-the-templates-make-it-deployment"
    manifest: dict[str, Any] = next(case.manifest for case in load_corpus() if case.name == name)
    for key in ("containers", "initContainers"):
        manifest["spec"]["template"]["spec"][key][0]["image"] = platform.shell_image.reference
    return manifest


def _try(platform: Platform, manifest: dict[str, Any]) -> tuple[int, str]:
    done = platform.kubectl.run("create", "--dry-run=server", "-f", "-", stdin=json.dumps(manifest), check=False)
    return done.returncode, done.stderr


def test_a_bad_workspace_is_refused_in_a_sentence_and_a_good_one_is_admitted(platform: Platform) -> None:
    good = _deployment(platform)
    code, said = _try(platform, good)
    assert code == 0, said
    del good["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"]["memory"]
    code, said = _try(platform, good)
    assert code != 0
    sentence = "The container 'workspace' of Deployment 'coder-workspace/demo' must have a memory limit: it has none."
    assert f"ValidatingAdmissionPolicy '{_POLICY}'" in said
    assert sentence in said


def test_a_bare_pod_that_pod_security_lets_through_is_refused_too(platform: Platform) -> None:
    pod = platform.pod("elsewhere", image="registry.example.org/tools/shell:1.0", command=["sleep", "1"])
    code, said = _try(platform, pod)
    assert code != 0
    assert (
        "The container 'main' of Pod 'coder-workspace/elsewhere' must have an image from an allowed repository" in said
    )


def test_the_control_plane_is_held_to_rules_too(platform: Platform) -> None:
    pod = platform.pod("elsewhere", image="ghcr.io/coder/coder", command=["sleep", "1"], namespace="coder")
    code, said = _try(platform, pod)
    assert code != 0
    assert "must name its image with a fixed tag or a digest: ghcr.io/coder/coder has neither" in said


def test_other_namespaces_are_none_of_its_business(platform: Platform) -> None:
    manifest = _deployment(platform)
    manifest["metadata"]["namespace"] = "default"
    manifest["spec"]["template"]["spec"]["containers"][0]["resources"] = {}
    code, said = _try(platform, manifest)
    assert code == 0, said


def test_the_expressions_of_the_policy_have_no_warnings(platform: Platform) -> None:
    status = platform.kubectl.get("validatingadmissionpolicy", _POLICY)["status"]
    assert status.get("typeChecking", {}) == {}
