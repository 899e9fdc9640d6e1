from typing import Any

import pytest

from policies.rules.gateway_tls import GATEWAY_TLS
from policies.rules.route_hosts import ROUTE_HOSTS
from tests.support.analyzer import UNKNOWN
from tests.support.judged import Judged, exempting, judged
from tests.support.workload_kinds import in_list

_TYPE = "kubernetes:gateway.networking.k8s.io/v1:Gateway"
_ROUTE = "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute"
_METADATA = {"name": "coder", "namespace": "coder"}
_ELSE = {"apiVersion": "v1", "kind": "ConfigMap"}
_CERTIFICATE = {"certificateRefs": [{"kind": "Secret", "name": "coder-tls"}]}


def _gateway(listeners: object, resource_type: str = _TYPE, **config: Any) -> Judged:  # noqa: ANN401 - any setting
    return judged(GATEWAY_TLS, resource_type, {"metadata": _METADATA, "spec": {"listeners": listeners}}, **config)


def _listener(**fields: object) -> Judged:
    return _gateway([{"name": "web", "port": 443, **fields}])


def _routed(hostnames: object, kind: str = "HTTPRoute", **config: Any) -> Judged:  # noqa: ANN401 - any setting
    resource_type = f"kubernetes:gateway.networking.k8s.io/v1:{kind}"
    return judged(ROUTE_HOSTS, resource_type, {"metadata": _METADATA, "spec": {"hostnames": hostnames}}, **config)


@pytest.mark.parametrize(
    "fields",
    [
        {"protocol": "HTTPS", "tls": _CERTIFICATE},
        {"protocol": "HTTPS", "tls": {**_CERTIFICATE, "mode": "Terminate"}},
        {"protocol": "TLS", "tls": {"mode": "Passthrough"}},
        {"protocol": "TLS", "tls": _CERTIFICATE},
    ],
)
def test_listeners_with_tls_pass(fields: dict[str, object]) -> None:
    assert _listener(**fields) == Judged([], [])


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        (
            {"protocol": "HTTP"},
            "must have the protocol HTTPS or TLS, since no exception names it: its protocol is HTTP.",
        ),
        ({"protocol": "TCP"}, "must have the protocol HTTPS or TLS, since no exception names it: its protocol is TCP."),
        (
            {"protocol": "https"},
            "must have the protocol HTTPS or TLS, since no exception names it: its protocol is another one.",
        ),
        ({}, "must have the protocol HTTPS or TLS, since no exception names it: its protocol is another one."),
        (
            {"protocol": ["HTTPS"]},
            "must have the protocol HTTPS or TLS, since no exception names it: its protocol is another one.",
        ),
        ({"protocol": "HTTPS"}, "must have a certificate: its tls.certificateRefs names none."),
        ({"protocol": "HTTPS", "tls": None}, "must have a certificate: its tls.certificateRefs names none."),
        (
            {"protocol": "HTTPS", "tls": {"certificateRefs": []}},
            "must have a certificate: its tls.certificateRefs names none.",
        ),
        (
            {"protocol": "HTTPS", "tls": {"certificateRefs": [{}]}},
            "must have a certificate: its tls.certificateRefs names none.",
        ),
        (
            {"protocol": "HTTPS", "tls": {"certificateRefs": "x"}},
            "must have a certificate: its tls.certificateRefs names none.",
        ),
        (
            {"protocol": "HTTPS", "tls": {"mode": "Passthrough"}},
            "must end TLS: its mode is another one than Terminate.",
        ),
        ({"protocol": "TLS", "tls": {"mode": 1}}, "must end TLS: its mode is another one than Terminate."),
    ],
)
def test_others_are_told(fields: dict[str, object], complaint: str) -> None:
    assert _listener(**fields).sentences == [f"The listener 'web' of Gateway 'coder/coder' {complaint}"]


@pytest.mark.parametrize(
    ("plain", "count"),
    [("Gateway coder/coder web", 0), ("Gateway coder/coder other", 1), ("Gateway coder/other web", 1)],
)
def test_an_exception_names_gateway_and_listener(plain: str, count: int) -> None:
    found = _gateway([{"name": "web", "protocol": "HTTP"}], plainListeners=[plain])
    assert len(found.sentences) == count


def test_every_listener_and_object_of_a_list_is_judged() -> None:
    listeners = [{"name": "web", "protocol": "HTTP"}, {"name": "other", "protocol": "HTTP"}]
    (sentence,) = _gateway(listeners, plainListeners=["Gateway coder/coder web"]).sentences
    assert sentence.startswith("The listener 'other' of ")
    gateway = {"metadata": _METADATA, "spec": {"listeners": listeners}}
    assert len(judged(GATEWAY_TLS, *in_list(_TYPE, _ELSE, gateway)).sentences) == 2
    assert len(judged(ROUTE_HOSTS, *in_list(_ROUTE, _ELSE, {"metadata": _METADATA})).sentences) == 1


@pytest.mark.parametrize("listeners", [None, "all", {"name": "web"}])
def test_listeners_are_a_list(listeners: object) -> None:
    assert _gateway(listeners).sentences == [
        "Gateway 'coder/coder' must have a list of listeners: what it has is none."
    ]


@pytest.mark.parametrize(
    "token", ["gateway.networking.k8s.io/v1beta1:Gateway", "gateway.networking.x-k8s.io/v1alpha1:XListenerSet"]
)
def test_every_version_and_sets_of_listeners(token: str) -> None:
    assert len(_gateway([{"name": "web", "protocol": "HTTP"}], f"kubernetes:{token}").sentences) == 1


@pytest.mark.parametrize(
    "listeners",
    [
        UNKNOWN,
        [UNKNOWN],
        [{"name": "web", "protocol": UNKNOWN}],
        [{"name": "web", "protocol": "HTTPS", "tls": UNKNOWN}],
        [{"name": "web", "protocol": "HTTPS", "tls": {"certificateRefs": UNKNOWN}}],
        [{"name": "web", "protocol": "HTTPS", "tls": {"certificateRefs": [UNKNOWN]}}],
        [{"name": "web", "protocol": "HTTPS", "tls": {"certificateRefs": [{"name": UNKNOWN}]}}],
    ],
)
def test_unknown_is_told(listeners: object) -> None:
    found = _gateway(listeners)
    assert (found.sentences, len(found.open)) == ([], 1)


def test_other_types_and_exemptions() -> None:
    assert _gateway([{"protocol": "HTTP"}], "kubernetes:networking.istio.io/v1:Gateway") == Judged([], [])
    bad = [{"name": "web", "protocol": "HTTP"}]
    assert _gateway(bad, exemptions=exempting("Gateway coder/coder")).sentences == []
    expired = exempting("Gateway coder/coder", expires="2020-01-01")
    assert "ended on 2020-01-01" in _gateway(bad, exemptions=expired).sentences[0]


@pytest.mark.parametrize("kind", ["HTTPRoute", "GRPCRoute", "TLSRoute"])
@pytest.mark.parametrize(
    ("hostnames", "sentence"),
    [
        (["coder.example.com", "*.coder.example.com"], None),
        (None, "must name its hosts: it names none, so it answers for any."),
        ([], "must name its hosts: it names none, so it answers for any."),
        ("coder.example.com", "must name its hosts: it names none, so it answers for any."),
        (["coder.example.com", "*"], "must name hosts: its hostname #1 is none."),
        ([""], "must name hosts: its hostname #0 is none."),
        ([7], "must name hosts: its hostname #0 is none."),
    ],
)
def test_routes_name_their_hosts(kind: str, hostnames: object, sentence: str | None) -> None:
    expected = [] if sentence is None else [f"{kind} 'coder/coder' {sentence}"]
    assert _routed(hostnames, kind).sentences == expected


def test_unknown_hosts_other_types_and_exemptions() -> None:
    assert len(_routed(UNKNOWN).open) == 1
    found = _routed([UNKNOWN, "*"])
    assert (len(found.sentences), len(found.open)) == (1, 1)
    assert judged(ROUTE_HOSTS, _TYPE, {"spec": {}}) == Judged([], [])
    assert _routed([], exemptions=exempting("HTTPRoute coder/coder")).sentences == []
    expired = exempting("HTTPRoute coder/coder", expires="2020-01-01")
    assert "ended on 2020-01-01" in _routed([], exemptions=expired).sentences[0]
