from collections.abc import Callable
from typing import Any

import pytest

from components.entry_point import EntryPoint, EntryPointArgs, build_gateway, build_ingress, build_routes
from tests.support.recording import declare

_ARGS: EntryPointArgs = {
    "namespace": "coder",
    "kind": "gateway",
    "class_name": "example",
    "access_url": "https://coder.example.com",
    "wildcard_access_url": "*.coder.example.com",
    "tls_secret": "coder-tls",
    "tls_wildcard_secret": "",
    "annotations": {"cert-manager.io/cluster-issuer": "example"},
}
_PLAIN: EntryPointArgs = {
    **_ARGS,
    "access_url": "http://coder.example.com",
    "wildcard_access_url": "",
    "tls_secret": "",
}


def test_manifests(golden: Callable[[str, Any], None]) -> None:
    golden("entry", [build_ingress(_ARGS), build_gateway(_ARGS), *build_routes(_ARGS)])


def test_each_kind_is_registered_as_built() -> None:
    gateway = declare(lambda: EntryPoint("entry", _ARGS))
    assert {name: entry.type for name, entry in gateway.items()} == {
        "entry": "spt-flow:index:EntryPoint",
        "entry-gateway": "kubernetes:gateway.networking.k8s.io/v1:Gateway",
        "entry-coder": "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute",
        "entry-coder-redirect": "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute",
    }
    assert gateway["entry-gateway"].inputs == build_gateway(_ARGS)
    ingress = declare(lambda: EntryPoint("entry", {**_ARGS, "kind": "ingress"}))
    assert ingress["entry-ingress"].inputs == build_ingress(_ARGS)
    assert set(ingress) == {"entry", "entry-ingress"}


def test_host_and_wildcard_come_from_one_name_and_lead_to_one_service() -> None:
    ingress = build_ingress(_ARGS)["spec"]
    assert [rule["host"] for rule in ingress["rules"]] == ["coder.example.com", "*.coder.example.com"]
    assert [entry["hosts"] for entry in ingress["tls"]] == [["coder.example.com"], ["*.coder.example.com"]]
    route = build_routes(_ARGS)[0]["spec"]
    assert route["hostnames"] == ["coder.example.com", "*.coder.example.com"]
    assert route["rules"][0]["backendRefs"] == [{"name": "coder", "port": 80}]


def test_a_suffix_is_taken_off_where_host_names_cannot_have_one() -> None:
    args: EntryPointArgs = {**_ARGS, "wildcard_access_url": "*-apps.example.com"}
    assert build_ingress(args)["spec"]["rules"][1]["host"] == "*.example.com"
    assert build_gateway(args)["spec"]["listeners"][2]["hostname"] == "*.example.com"


def test_the_wildcard_may_have_a_certificate_of_its_own() -> None:
    args: EntryPointArgs = {**_ARGS, "tls_wildcard_secret": "apps-tls"}
    assert [entry["secretName"] for entry in build_ingress(args)["spec"]["tls"]] == ["coder-tls", "apps-tls"]
    listeners = build_gateway(args)["spec"]["listeners"]
    names = [ref["name"] for entry in listeners[1:] for ref in entry["tls"]["certificateRefs"]]
    assert names == ["coder-tls", "apps-tls"]


def test_websockets_are_not_cut_off() -> None:
    annotations = build_ingress(_ARGS)["metadata"]["annotations"]
    assert annotations["nginx.ingress.kubernetes.io/proxy-read-timeout"] == "3600"
    assert annotations["cert-manager.io/cluster-issuer"] == "example"
    assert build_routes(_ARGS)[0]["spec"]["rules"][0]["timeouts"] == {"request": "0s", "backendRequest": "0s"}


def test_with_tls_plain_http_only_redirects() -> None:
    coder, redirect = build_routes(_ARGS)
    assert {parent["sectionName"] for parent in coder["spec"]["parentRefs"]} == {"https", "https-apps"}
    assert [parent["sectionName"] for parent in redirect["spec"]["parentRefs"]] == ["http"]
    (rule,) = redirect["spec"]["rules"]
    assert rule["filters"][0]["requestRedirect"] == {"scheme": "https", "statusCode": 301}
    assert "backendRefs" not in rule


def test_without_tls_there_is_one_plain_way() -> None:
    assert "tls" not in build_ingress(_PLAIN)["spec"]
    assert [listener["protocol"] for listener in build_gateway(_PLAIN)["spec"]["listeners"]] == ["HTTP"]
    (route,) = build_routes(_PLAIN)
    assert [parent["sectionName"] for parent in route["spec"]["parentRefs"]] == ["http"]


@pytest.mark.parametrize("args", [_ARGS, _PLAIN])
def test_every_route_belongs_to_a_listener_there_is(args: EntryPointArgs) -> None:
    listeners = {listener["name"] for listener in build_gateway(args)["spec"]["listeners"]}
    used = {parent["sectionName"] for route in build_routes(args) for parent in route["spec"]["parentRefs"]}
    assert used == listeners
