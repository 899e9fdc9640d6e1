from typing import Any

import pytest

from policies.rules.route_redirects import ROUTE_REDIRECTS
from tests.support.analyzer import UNKNOWN, StackItem
from tests.support.judged import Judged, exempting, judged_stack

_GROUP = "kubernetes:gateway.networking.k8s.io/v1"
_REDIRECT = {"filters": [{"type": "RequestRedirect", "requestRedirect": {"scheme": "https"}}]}
_BACKEND = {"backendRefs": [{"name": "coder", "port": 80}]}
_OTHER = {"filters": [{"type": "URLRewrite", "requestRedirect": {"scheme": "https"}}]}
_LISTENERS = [{"name": "http", "port": 80, "protocol": "HTTP"}, {"name": "https", "port": 443, "protocol": "HTTPS"}]


def _stack(parents: object, rules: object, listeners: object = _LISTENERS, **config: Any) -> Judged:  # noqa: ANN401 - any setting
    listed = parents if isinstance(parents, list) else [parents]
    gateway = {"metadata": {"name": "coder", "namespace": "coder"}, "spec": {"listeners": listeners}}
    route = {"metadata": {"name": "web", "namespace": "coder"}, "spec": {"parentRefs": listed, "rules": rules}}
    items = [StackItem(f"{_GROUP}:Gateway", gateway, "gateway"), StackItem(f"{_GROUP}:HTTPRoute", route, "route")]
    return judged_stack(ROUTE_REDIRECTS, items, **config)


@pytest.mark.parametrize(
    ("parent", "rules"),
    [
        ({"name": "coder", "sectionName": "https"}, [_BACKEND]),
        ({"name": "coder", "port": 443}, [_BACKEND]),
        ({"name": "coder", "namespace": "coder", "sectionName": "https"}, [_BACKEND]),
        ({"name": "coder", "sectionName": "http"}, [_REDIRECT]),
        ({"name": "coder"}, [_REDIRECT, {**_REDIRECT, "backendRefs": []}]),
    ],
)
def test_backends_behind_tls_and_redirects_pass(parent: object, rules: object) -> None:
    assert _stack(parent, rules) == Judged([], [])


@pytest.mark.parametrize(
    ("parent", "rules"),
    [
        ({"name": "coder", "sectionName": "http"}, [_BACKEND]),
        ({"name": "coder"}, [_BACKEND]),
        ({"name": "coder", "port": 80}, [_BACKEND]),
        ({"name": "coder", "sectionName": "http"}, [_REDIRECT, _BACKEND]),
        ({"name": "coder", "sectionName": "http"}, [{**_REDIRECT, **_BACKEND}]),
        ({"name": "coder", "sectionName": "http"}, None),
        ({"name": "coder", "sectionName": "http"}, "all"),
        ({"name": "coder", "sectionName": "http"}, [{"filters": [{"type": "RequestRedirect", "requestRedirect": {}}]}]),
        (
            {"name": "coder", "sectionName": "http"},
            [{"filters": [{"type": "RequestRedirect", "requestRedirect": {"scheme": "http"}}]}],
        ),
        ({"name": "coder", "sectionName": "http"}, [{"filters": "none"}]),
        ({"name": "coder", "sectionName": "http"}, [{**_REDIRECT, "backendRefs": "coder"}]),
        ({"name": "coder", "sectionName": "http"}, [{"filters": UNKNOWN, **_BACKEND}]),
        ({"name": "coder", "sectionName": "http"}, [_OTHER]),
    ],
)
def test_backends_behind_a_plain_listener_are_told(parent: object, rules: object) -> None:
    assert _stack(parent, rules).sentences == [
        "HTTPRoute 'coder/web' must only redirect to https: it is attached to the listener 'http', which has no TLS."
    ]


@pytest.mark.parametrize(
    "parent", [{"name": "other"}, {"name": "coder", "namespace": "infra"}, {"kind": "Service", "name": "coder"}]
)
def test_a_gateway_that_nobody_judged_is_told(parent: object) -> None:
    (sentence,) = _stack(parent, [_BACKEND]).sentences
    assert sentence == (
        "HTTPRoute 'coder/web' must be attached to a Gateway of this stack, or one that the configuration names: "
        "nothing is known of the TLS of another."
    )


def test_every_parent_is_judged() -> None:
    parents = [{"name": "other"}, {"name": "coder", "sectionName": "http"}]
    assert len(_stack(parents, [_BACKEND]).sentences) == 2
    assert len(_stack({"name": "coder"}, [_BACKEND], _LISTENERS[::-1]).sentences) == 1


def test_one_that_the_configuration_names_passes() -> None:
    parent = {"name": "shared", "namespace": "infra"}
    assert _stack(parent, [_BACKEND], foreignGateways=["Gateway infra/shared"]) == Judged([], [])
    assert len(_stack(parent, [_BACKEND], foreignGateways=["Gateway infra/shared-2"]).sentences) == 1


@pytest.mark.parametrize(
    ("parent", "rules", "listeners"),
    [
        ({"name": "coder", "sectionName": "http"}, UNKNOWN, _LISTENERS),
        ({"name": "coder", "sectionName": "http"}, [UNKNOWN], _LISTENERS),
        ({"name": "coder", "sectionName": "http"}, [{"filters": UNKNOWN}], _LISTENERS),
        ({"name": "coder", "sectionName": "http"}, [{"filters": [UNKNOWN]}], _LISTENERS),
        (
            {"name": "coder", "sectionName": "http"},
            [{"filters": [{**_OTHER["filters"][0], "type": UNKNOWN}]}],
            _LISTENERS,
        ),
        (
            {"name": "coder", "sectionName": "http"},
            [{"filters": [{"type": "RequestRedirect", "requestRedirect": {"scheme": UNKNOWN}}]}],
            _LISTENERS,
        ),
        ({"name": "coder", "sectionName": "http"}, [{**_REDIRECT, "backendRefs": UNKNOWN}], _LISTENERS),
        ({"name": UNKNOWN}, [_BACKEND], _LISTENERS),
        ({"name": "coder", "sectionName": UNKNOWN}, [_BACKEND], _LISTENERS),
        (UNKNOWN, [_BACKEND], _LISTENERS),
        ({"name": "coder"}, [_BACKEND], UNKNOWN),
        ({"name": "coder"}, [_BACKEND], [UNKNOWN]),
        ({"name": "coder"}, [_BACKEND], [{"name": "http", "protocol": UNKNOWN}]),
    ],
)
def test_unknown_is_told(parent: object, rules: object, listeners: object) -> None:
    found = _stack(parent, rules, listeners)
    assert (found.sentences, len(found.open)) == ([], 1)


def test_other_resources_and_exemptions() -> None:
    assert judged_stack(ROUTE_REDIRECTS, [StackItem("aws:ec2:Instance", {"spec": {}})]) == Judged([], [])
    parent = {"name": "coder", "sectionName": "http"}
    assert _stack(parent, [_BACKEND], exemptions=exempting("HTTPRoute coder/web")).sentences == []
    expired = exempting("HTTPRoute coder/web", expires="2020-01-01")
    assert "ended on 2020-01-01" in _stack(parent, [_BACKEND], exemptions=expired).sentences[0]
