from typing import Any

import pytest

from policies.rules.host_agreement import HOST_AGREEMENT
from tests.support.analyzer import UNKNOWN, StackItem
from tests.support.judged import Judged, exempting, judged_stack

_GROUP = "kubernetes:gateway.networking.k8s.io/v1"
_METADATA = {"name": "coder", "namespace": "coder"}
_HOST = "coder.example.com"
_SPEC = {"rules": [{"backendRefs": [{"name": "coder"}]}], "hostnames": [_HOST]}
_HTTPS = [{"name": "web", "protocol": "HTTPS", "hostname": _HOST}]
_BOTH = (_HOST, "*.coder.example.com")


def _release(url: object = f"https://{_HOST}", wildcard: object = "*.coder.example.com") -> StackItem:
    env = [{"name": "CODER_ACCESS_URL", "value": url}]
    env += [] if wildcard is None else [{"name": "CODER_WILDCARD_ACCESS_URL", "value": wildcard}]
    props = {"chart": "coder", "name": "coder", "namespace": "coder", "values": {"coder": {"env": env}}}
    return StackItem("kubernetes:helm.sh/v3:Release", props, "coder")


def _ingress(*hosts: object, service: str = "coder", namespace: str = "coder") -> StackItem:
    http = {"paths": [{"backend": {"service": {"name": service}}}]}
    spec = {"rules": [{"host": host, "http": http} for host in hosts]}
    props = {"metadata": {"name": "coder", "namespace": namespace}, "spec": spec}
    return StackItem("kubernetes:networking.k8s.io/v1:Ingress", props, "ingress")


def _route(*hosts: object) -> StackItem:
    spec = {
        "parentRefs": [{"name": "coder", "sectionName": "https"}],
        "hostnames": list(hosts),
        "rules": [{"backendRefs": [{"name": "coder", "port": 80}]}],
    }
    return StackItem(f"{_GROUP}:HTTPRoute", {"metadata": _METADATA, "spec": spec}, "route")


def _gateway(*hosts: object) -> StackItem:
    plain = {"name": "http", "protocol": "HTTP"}
    listeners = [
        {"name": f"https-{number}", "protocol": "HTTPS", "hostname": host} for number, host in enumerate(hosts)
    ]
    props = {"metadata": _METADATA, "spec": {"listeners": [plain, *listeners]}}
    return StackItem(f"{_GROUP}:Gateway", props, "gateway")


def _with_spec(item: StackItem, **changes: object) -> StackItem:
    return StackItem(item.type, {**item.props, "spec": {**item.props["spec"], **changes}}, item.name)


def _stack(*items: StackItem, **config: Any) -> Judged:  # noqa: ANN401 - any setting of the rule
    return judged_stack(HOST_AGREEMENT, items, **config)


@pytest.mark.parametrize(
    "items",
    [
        [_release()],
        [_release(wildcard=None), _ingress(_HOST)],
        [_release(), _ingress(*_BOTH)],
        [_release(), _route(*_BOTH), _gateway(*_BOTH)],
        [_release(), _route(*_BOTH), _gateway("*.example.com", "*.coder.example.com")],
        [_release(), _route(*_BOTH), _gateway(None)],
        [_release(wildcard="*-dev.example.com"), _ingress(_HOST, "*.example.com")],
        [_release(), _ingress("other.example.com", service="other")],
        [_release(), _ingress("other.example.com", namespace="other")],
        [_ingress("other.example.com")],
        [
            _release(),
            StackItem("kubernetes:config.openshift.io/v1:Ingress", _ingress("other.example.com").props, "other"),
        ],
        [_release(), StackItem("kubernetes:example.com/v1:Road", _route("other.example.com").props, "other")],
        [_release(url="nonsense"), _ingress("other.example.com")],
    ],
)
def test_hosts_that_agree_pass(items: list[StackItem]) -> None:
    assert _stack(*items) == Judged([], [])


@pytest.mark.parametrize(
    ("wildcard", "complaint"),
    [
        ("*.other.example.com", "must have a wildcard below or beside coder.example.com, its access URL's host"),
        ("*.evilcoder.example.com", "must have a wildcard below or beside coder.example.com, its access URL's host"),
        ("*.ample.com", "must have a wildcard below or beside coder.example.com, its access URL's host"),
        ("apps.example.com", "must have one wildcard whose first label begins with a star"),
        ("*example.com", "must have one wildcard whose first label begins with a star"),
        ("*", "must have one wildcard whose first label begins with a star"),
        ("", "must have one wildcard whose first label begins with a star"),
        (7, "must have one wildcard whose first label begins with a star"),
    ],
)
def test_a_wildcard_elsewhere_is_told(wildcard: object, complaint: str) -> None:
    (sentence,) = _stack(_release(wildcard=wildcard)).sentences
    assert sentence.startswith(f"Release 'coder' {complaint}: CODER_WILDCARD_ACCESS_URL is ")


def test_a_foreign_host_is_told() -> None:
    assert _stack(_release(), _ingress(*_BOTH, "old.example.com")).sentences == [
        (
            "Ingress 'coder/coder' must name Coder's hosts alone: old.example.com is neither the host of the "
            "access URL nor "
            "that of the wildcard."
        )
    ]
    assert _stack(_release(), _ingress(*_BOTH, "Old Host")).sentences == [
        (
            "Ingress 'coder/coder' must name Coder's hosts alone: one of its names is neither the host of the access "
            "URL nor that of the wildcard."
        )
    ]
    found = _stack(_release(), _ingress(UNKNOWN, "old.example.com"))
    assert (len(found.sentences), len(found.open)) == (1, 1)


@pytest.mark.parametrize(("hosts", "lacking"), [((_HOST,), "*.coder.example.com"), (_BOTH[1:], _HOST)])
def test_a_host_that_nothing_leads_to_is_told(hosts: tuple[str, ...], lacking: str) -> None:
    expected = [
        (
            "Release 'coder' must be reached by every host it speaks of: no Ingress or route that leads to it names "
            f"{lacking}."
        )
    ]
    assert _stack(_release(), _ingress(*hosts)).sentences == expected
    assert _stack(_release(), _gateway(*_BOTH), _ingress(*hosts)).sentences == expected
    assert _stack(_release(), _route(*hosts)).sentences == expected


def test_a_host_that_nothing_listens_for_is_told() -> None:
    assert _stack(_release(), _route(*_BOTH), _gateway(_HOST)).sentences == [
        "Gateway 'coder/coder' must listen for *.coder.example.com: no listener with TLS has that name."
    ]


def test_every_gateway_of_a_route_is_judged() -> None:
    first = StackItem(f"{_GROUP}:Gateway", {**_gateway(None).props, "metadata": {**_METADATA, "name": "any"}}, "any")
    route = _with_spec(_route(*_BOTH), parentRefs=[{"name": "any"}, {"name": "coder"}])
    (sentence,) = _stack(_release(), route, first, _gateway(_HOST)).sentences
    assert sentence.startswith("Gateway 'coder/coder' must listen for *.coder.example.com: ")


@pytest.mark.parametrize(
    "items",
    [
        [_release(url=UNKNOWN), _ingress("other.example.com")],
        [_release(wildcard=UNKNOWN), _ingress("other.example.com")],
        [StackItem(_release().type, {**_release().props, "namespace": UNKNOWN}, "coder"), _ingress(_HOST)],
        [StackItem(_release().type, {**_release().props, "name": UNKNOWN}, "coder"), _ingress(_HOST)],
        [_release(), _ingress(_HOST), _with_spec(_route(), rules=UNKNOWN)],
        [_release(), _ingress(_HOST), _with_spec(_ingress(), rules=UNKNOWN)],
        [_release(), _ingress(_HOST), _with_spec(_route(), rules=[{"backendRefs": [{"name": UNKNOWN}]}])],
        [_release(), _ingress(_HOST), StackItem(_route().type, {"metadata": UNKNOWN, "spec": _SPEC}, "route")],
        [_release(), _with_spec(_route(), hostnames=UNKNOWN)],
        [_release(), _ingress(_HOST, UNKNOWN)],
        [_release(), _route(_HOST, UNKNOWN)],
        [_release(), _route(*_BOTH), _gateway(_HOST, UNKNOWN)],
        [_release(), _route(*_BOTH), _with_spec(_gateway(_HOST), listeners=UNKNOWN)],
        [_release(), _route(*_BOTH), _with_spec(_gateway(), listeners=[*_HTTPS, UNKNOWN])],
        [_release(), _route(*_BOTH), _with_spec(_gateway(), listeners=[*_HTTPS, {"protocol": UNKNOWN}])],
    ],
)
def test_unknown_is_told(items: list[StackItem]) -> None:
    found = _stack(*items)
    assert (found.sentences, len(found.open)) == ([], 1)


def test_an_exemption_counts_until_its_day() -> None:
    bad = [_release(), _ingress(_HOST)]
    assert _stack(*bad, exemptions=exempting("Release coder")).sentences == []
    expired = exempting("Release coder", expires="2020-01-01")
    assert "ended on 2020-01-01" in _stack(*bad, exemptions=expired).sentences[0]
