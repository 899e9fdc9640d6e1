"""Charts of releases: where they come from, and what they render, by the real helm."""

import json
import shutil
import threading
from pathlib import Path
from typing import Any, Final

import pytest
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE

from core.errors import SptFlowError
from lab.plugins.kubernetes.charts import Chart, ChartReference, ChartStore
from lab.policy_check.plain_value import plain_value
from lab.policy_check.release_charts import ReleaseCharts
from lab.policy_check.rendered_release import RELEASE_TYPE, render_release
from policies.judging import known_resource
from policies.resource import Resource

_CODER: Final = ChartReference("coder", "2.36.3", repository="https://charts.example.com")
_CANARY: Final = "canary-33aa10"
_TEMPLATE: Final = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}}
spec: {replicas: {{ .Values.replicas }}, image: {{ .Values.image | quote }}, args: ["--to={{ .Values.image }}"]}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: here, namespace: elsewhere}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: everywhere}
---
# nothing
"""


class _Store(ChartStore):
    """Answers with an error, or not before it is told to."""

    def __init__(self, error: Exception | None, release: threading.Event | None = None) -> None:
        super().__init__()
        self.error, self.release, self.asked = error, release, 0

    def resolve(self, reference: ChartReference, *, update_dependencies: bool = False) -> Chart:
        del update_dependencies
        self.asked += 1
        if self.release is not None:
            self.release.wait(30)
        if self.error is not None:
            raise self.error
        return Chart(Path("/fetched"), reference.chart, reference.version, "")


def test_a_preview_is_answered_at_once_and_a_chart_is_fetched_once() -> None:
    release = threading.Event()
    store = _Store(None, release)
    charts = ReleaseCharts(store)
    assert charts.resolve(_CODER).version == "2.36.3"
    release.set()
    assert charts.fetched(_CODER).path == Path("/fetched")
    assert charts.fetched(_CODER).note == ""
    assert store.asked == 1


def test_the_labs_chart_stands_in_for_one_that_cannot_be_fetched() -> None:
    found = ReleaseCharts(_Store(SptFlowError(f"no route, {_CANARY}"))).fetched(_CODER)
    assert found.path is not None
    assert (found.path / "Chart.yaml").is_file()
    assert found.note == (
        "The chart 'coder' 2.36.3 was not rendered itself (it cannot be fetched here): lab/charts/coder stands in."
    )


def test_a_repository_that_does_not_answer_is_waited_for_so_long_only() -> None:
    release = threading.Event()
    other = ChartReference("oci://example.com/other")
    found = ReleaseCharts(_Store(None, release), patience=0.05).fetched(other)
    release.set()
    assert found.path is None
    assert found.note == "The chart 'other' was not rendered (its repository did not answer within 0.05 s)."


def test_a_chart_in_a_folder_is_read_without_helm() -> None:
    store = _Store(SptFlowError("asked"))
    reference = ChartReference("lab/charts/coder")
    assert ReleaseCharts(store).resolve(reference).name == "coder"
    assert ReleaseCharts(store).fetched(reference).path == Path("lab/charts/coder").absolute()
    assert store.asked == 0


def _release(chart: Path, **inputs: Any) -> Resource:  # noqa: ANN401 - any input of a release
    properties = {"chart": str(chart), "name": "thing", "namespace": "coder", **inputs}
    return Resource(RELEASE_TYPE, "release", known_resource(properties))


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    if shutil.which("helm") is None:
        pytest.skip("needs helm: make toolchain")
    folder = tmp_path / "chart"
    (folder / "templates").mkdir(parents=True)
    (folder / "Chart.yaml").write_text("apiVersion: v2\nname: chart\nversion: 1.0.0\n", encoding="utf-8")
    (folder / "templates" / "all.yaml").write_text(_TEMPLATE, encoding="utf-8")
    return folder


def test_what_a_chart_renders_is_where_helm_would_put_it(chart: Path, tmp_path: Path) -> None:
    values = {"replicas": 2, "image": "x:1"}
    rendered = render_release(_release(chart, values=values), ReleaseCharts(), tmp_path)
    assert (rendered.title, rendered.gap, rendered.notes) == ("Release 'thing'", "", [])
    types = {each.type: plain_value(each.properties) for each in rendered.resources}
    deployment = types["kubernetes:apps/v1:Deployment"]
    assert deployment["metadata"] == {"name": "thing", "namespace": "coder"}
    assert deployment["spec"]["replicas"] == 2
    assert types["kubernetes:core/v1:ServiceAccount"]["metadata"]["namespace"] == "elsewhere"
    assert "namespace" not in types["kubernetes:rbac.authorization.k8s.io/v1:ClusterRole"]["metadata"]
    assert {each.origin for each in rendered.resources} == {"rendered by Release 'thing'"}
    assert not any(each.options_known for each in rendered.resources)


def test_an_unknown_value_is_unknown_in_whatever_holds_it(chart: Path, tmp_path: Path) -> None:
    values = {"replicas": 1, "image": UNKNOWN_STRING_VALUE}
    rendered = render_release(_release(chart, values=values), ReleaseCharts(), tmp_path)
    [deployment] = [each for each in rendered.resources if each.type.endswith(":Deployment")]
    spec = deployment.properties.get("spec")
    assert spec.get("image").unknown is not None
    assert [each.unknown is not None for each in spec.get("args").items()] == [True]
    assert spec.get("replicas").value == 1


def test_a_chart_that_is_unknown_or_fails_is_a_gap_and_tells_no_value(chart: Path, tmp_path: Path) -> None:
    unknown = render_release(_release(Path(UNKNOWN_STRING_VALUE)), ReleaseCharts(), tmp_path)
    assert unknown.gap == "the chart is not known before the update"
    (chart / "templates" / "fail.yaml").write_text("{{ fail .Values.image }}", encoding="utf-8")
    failed = render_release(_release(chart, values={"image": _CANARY}), ReleaseCharts(), tmp_path)
    assert failed.gap == "helm cannot render the chart with these values"
    assert _CANARY not in repr(failed)
    missing = render_release(_release(tmp_path / "nowhere"), ReleaseCharts(), tmp_path)
    assert missing.gap == "the chart cannot be fetched here"


def test_values_are_gone_from_the_disk(chart: Path, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    render_release(_release(chart, values={"image": _CANARY, "replicas": 1}), ReleaseCharts(), scratch)
    assert list(scratch.iterdir()) == []


def test_plain_values_are_what_json_can_hold() -> None:
    value = {"a": [1, {"b": None, "c": UNKNOWN_STRING_VALUE}], "d": "x", "e": True, "f": 1.5}
    assert json.loads(json.dumps(plain_value(known_resource(value)))) == value
