"""The cluster's verdict on each workload of the corpus: the same as the pack's, in words a developer understands."""

from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from tests.support.admission_case import NAMESPACE, AdmissionCase, load_corpus
from tests.support.admission_server import AdmissionServer

pytestmark = pytest.mark.lab

_TEMPLATES: Final = sorted((Path(__file__).resolve().parents[2] / "golden" / "templates").glob("*.yaml"))
_CASES: Final = load_corpus()


@pytest.mark.parametrize("case", [case for case in _CASES if not case.digests], ids=lambda case: case.name)
def test_the_cluster_judges_as_the_pack_does(by_tag: AdmissionServer, case: AdmissionCase) -> None:
    _check(by_tag, case)


@pytest.mark.parametrize("path", _TEMPLATES, ids=lambda path: path.stem)
def test_workspaces_of_the_templates_are_admitted_and_their_pods_too(by_tag: AdmissionServer, path: Path) -> None:
    deployment = next(each for each in yaml.safe_load_all(path.read_text()) if each["kind"] == "Deployment")
    template = deployment["spec"]["template"]
    pod: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {**template["metadata"], "name": "demo", "namespace": NAMESPACE},
        "spec": template["spec"],
    }
    for manifest in (deployment, pod):
        answer = by_tag.try_to_create(manifest)
        assert answer.admitted, answer.message


def test_where_digests_are_asked_for_workspaces_need_them_too(admission: AdmissionServer) -> None:
    admission.install({"image-requires-digest": {"required": True, "admittedByTag": []}})
    cases = [case for case in _CASES if case.digests]
    assert {case.bad for case in cases} == {True, False}
    for case in cases:
        _check(admission, case)


def _check(server: AdmissionServer, case: AdmissionCase) -> None:
    answer = server.try_to_create(case.manifest)
    assert answer.admitted != case.bad, answer.message
    if case.bad:
        assert case.answer in answer.message
    if case.bad and case.answer == case.sentence:
        kind = case.manifest["kind"]
        assert f"{kind} 'coder-workspace/demo'" in answer.message
        assert "ValidatingAdmissionPolicy 'workloads.spt-flow.dev'" in answer.message
