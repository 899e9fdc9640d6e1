from typing import Any

import pytest

from policies.rules.service_exposure import SERVICE_EXPOSURE
from tests.support.analyzer import UNKNOWN
from tests.support.judged import Judged, exempting, judged
from tests.support.workload_kinds import in_list

_TYPE = "kubernetes:core/v1:Service"
_RELEASE = "kubernetes:helm.sh/v3:Release"
_METADATA = {"name": "coder", "namespace": "coder"}


def _service(spec: object, **config: Any) -> Judged:  # noqa: ANN401 - any setting of the rule
    return judged(SERVICE_EXPOSURE, _TYPE, {"metadata": _METADATA, "spec": spec}, **config)


def _release(values: object, chart: str = "coder", **config: Any) -> Judged:  # noqa: ANN401 - any setting of the rule
    return judged(SERVICE_EXPOSURE, _RELEASE, {"chart": chart, "values": values}, **config)


@pytest.mark.parametrize(
    "spec", [{}, None, {"type": "ClusterIP"}, {"type": None}, {"clusterIP": "None"}, {"externalIPs": []}]
)
def test_services_inside_pass(spec: object) -> None:
    assert _service(spec) == Judged([], [])


@pytest.mark.parametrize(
    ("spec", "complaint"),
    [
        ({"type": "LoadBalancer"}, "must be of type ClusterIP, since no exception names it: its type is LoadBalancer."),
        ({"type": "NodePort"}, "must be of type ClusterIP, since no exception names it: its type is NodePort."),
        ({"type": "ExternalName"}, "must be of type ClusterIP, since no exception names it: its type is ExternalName."),
        (
            {"type": "loadbalancer"},
            "must be of type ClusterIP, since no exception names it: its type is none that there is.",
        ),
        (
            {"type": ["ClusterIP"]},
            "must be of type ClusterIP, since no exception names it: its type is none that there is.",
        ),
        ({"type": 5}, "must be of type ClusterIP, since no exception names it: its type is none that there is."),
        (
            {"externalIPs": ["192.0.2.7"]},
            "must have no externalIPs, since no exception names it: it takes traffic of other addresses.",
        ),
        (
            {"externalIPs": "192.0.2.7"},
            "must have no externalIPs, since no exception names it: it takes traffic of other addresses.",
        ),
    ],
)
def test_ways_in_and_out_are_told(spec: object, complaint: str) -> None:
    assert _service(spec).sentences == [f"Service 'coder/coder' {complaint}"]


@pytest.mark.parametrize(
    ("allowed", "count"),
    [
        ("LoadBalancer Service coder/coder", 0),
        ("NodePort Service coder/coder", 1),
        ("LoadBalancer Service coder/coder-2", 1),
        ("LoadBalancer Service coder", 1),
    ],
)
def test_an_exception_names_way_and_object(allowed: str, count: int) -> None:
    assert len(_service({"type": "LoadBalancer"}, allowedServices=[allowed]).sentences) == count


def test_an_unknown_namespace_is_never_the_one_that_is_allowed() -> None:
    props = {"metadata": {"name": "coder", "namespace": UNKNOWN}, "spec": {"type": "LoadBalancer"}}
    found = judged(SERVICE_EXPOSURE, _TYPE, props, allowedServices=["LoadBalancer Service coder"])
    assert len(found.sentences) == 1


def test_a_spec_is_an_object() -> None:
    assert _service("NodePort").sentences == ["Service 'coder/coder' must have a spec that is an object: it is none."]


def test_lists_are_opened() -> None:
    body = {"metadata": _METADATA, "spec": {"type": "NodePort"}}
    assert len(judged(SERVICE_EXPOSURE, *in_list(_TYPE, body, body)).sentences) == 2


@pytest.mark.parametrize(
    ("values", "chart", "count"),
    [
        ({"coder": {"service": {"enable": False}}}, "coder", 0),
        ({"coder": {"service": {"type": "ClusterIP"}}}, "coder", 0),
        ({"coder": {"service": {}}}, "coder", 1),
        ({}, "https://example.com/charts/coder", 1),
        (None, "coder", 1),
        ({"coder": {"service": {"type": "NodePort"}}}, "coder", 1),
        ({"coder": {"service": {"enable": False}, "metricsService": {"type": "NodePort"}}}, "coder", 1),
        ({"coder": {"service": {"type": "NodePort"}}}, "other", 1),
        ({"service": {"type": "LoadBalancer"}}, "other", 1),
        ({"parts": [{"metricsService": {"type": "NodePort"}}]}, "other", 1),
        ({"service": {"type": "LoadBalancer", "enabled": False}}, "other", 0),
        ({"service": {"port": 80}}, "other", 0),
        ({"service": "web"}, "other", 0),
    ],
)
def test_values_of_charts_are_read(values: object, chart: str, count: int) -> None:
    assert len(_release(values, chart).sentences) == count


def test_a_chart_is_named_by_value_and_release() -> None:
    assert _release({"service": {"type": "LoadBalancer"}}, "other").sentences == [
        (
            "The Service of 'values.service' of Release 'thing' must be of type ClusterIP, since no "
            "exception names it: "
            "its type is LoadBalancer."
        )
    ]
    assert _release({"a key of one's own service": {"type": "NodePort"}}, "other").sentences == [
        ("A Service of Release 'thing' must be of type ClusterIP, since no exception names it: its type is NodePort.")
    ]
    allowed = ["LoadBalancer Release thing"]
    assert _release({"service": {"type": "LoadBalancer"}}, "other", allowedServices=allowed).sentences == []


def test_unknown_hides_only_itself() -> None:
    found = _service({"type": UNKNOWN, "externalIPs": ["192.0.2.7"]})
    assert (len(found.sentences), len(found.open)) == (1, 1)
    assert len(_service(UNKNOWN).open) == 1
    assert len(_release({"service": {"type": UNKNOWN}}, "other").open) == 1


@pytest.mark.parametrize("chart", ["coder", "other"])
@pytest.mark.parametrize("values", [UNKNOWN, {"coder": {"service": UNKNOWN}}])
def test_unknown_values_are_told(values: object, chart: str) -> None:
    found = _release(values, chart)
    assert (found.sentences, len(found.open)) == ([], 1)


def test_other_types_and_exemptions() -> None:
    assert judged(SERVICE_EXPOSURE, "kubernetes:serving.knative.dev/v1:Service", {"spec": {"type": "x"}}) == Judged(
        [], []
    )
    assert _service({"type": "NodePort"}, exemptions=exempting("Service coder/coder")).sentences == []
    expired = exempting("Service coder/coder", expires="2020-01-01")
    assert "ended on 2020-01-01" in _service({"type": "NodePort"}, exemptions=expired).sentences[0]
