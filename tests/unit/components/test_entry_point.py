from collections.abc import Callable
from typing import Any, Literal

import pytest

from components.entry_point import (
    EntryPoint,
    EntryPointArgs,
    build_gateway,
    build_ingress,
    build_routes,
    entry_certificate,
)
from tests.support.recording import declare

_ARGS: EntryPointArgs = {
    "namespace": "coder",
    "kind": "gateway",
    "class_name": "example",
    "access_url": "https://coder.example.com",
    "wildcard_access_url": "*.coder.example.com",
    "tls_secret": "coder-tls",
    "tls_wildcard_secret": "",
    "annotations": {"example.com/shown": "yes"},
    "idle_seconds": 1800,
    "issuer": "",
    "issuer_kind": "ClusterIssuer",
}
_ISSUED: EntryPointArgs = {**_ARGS, "issuer": "letsencrypt"}
_PLAIN: EntryPointArgs = {
    **_ARGS,
    "access_url": "http://coder.example.com",
    "wildcard_access_url": "",
    "tls_secret": "",
}


def test_manifests(golden: Callable[[str, Any], None]) -> None:
    golden("entry", [build_ingress(_ARGS), build_gateway(_ARGS), *build_routes(_ARGS), entry_certificate(_ISSUED)])


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


_IDLE: dict[str, str] = {
    "nginx.ingress.kubernetes.io/proxy-read-timeout": "1800",
    "nginx.ingress.kubernetes.io/proxy-send-timeout": "1800",
    "nginx.org/proxy-read-timeout": "1800s",
    "nginx.org/proxy-send-timeout": "1800s",
    "haproxy.org/timeout-tunnel": "1800s",
    "haproxy-ingress.github.io/timeout-tunnel": "1800s",
    "alb.ingress.kubernetes.io/load-balancer-attributes": "idle_timeout.timeout_seconds=1800",
}


def test_websockets_are_not_cut_off() -> None:
    annotations = build_ingress(_ARGS)["metadata"]["annotations"]
    assert {key: annotations[key] for key in _IDLE} == _IDLE
    assert annotations["projectcontour.io/websocket-routes"] == "/"
    assert annotations["nginx.org/websocket-services"] == "coder"
    assert build_routes(_ARGS)[0]["spec"]["rules"][0]["timeouts"] == {"request": "0s", "backendRequest": "0s"}


def test_a_load_balancer_that_takes_less_gets_what_it_takes() -> None:
    annotations = build_ingress({**_ARGS, "idle_seconds": 86400})["metadata"]["annotations"]
    assert annotations["alb.ingress.kubernetes.io/load-balancer-attributes"] == "idle_timeout.timeout_seconds=4000"
    assert annotations["nginx.ingress.kubernetes.io/proxy-read-timeout"] == "86400"


def test_annotations_of_the_stack_go_over_ours() -> None:
    annotations = {"haproxy.org/timeout-tunnel": "7s", "example.com/shown": "yes"}
    found = build_ingress({**_ARGS, "annotations": annotations})["metadata"]["annotations"]
    assert {key: found[key] for key in annotations} == annotations
    assert "annotations" not in build_gateway({**_ARGS, "annotations": {}})["metadata"]


@pytest.mark.parametrize("kind", ["ingress", "gateway"])
def test_an_issuer_makes_the_certificate_of_all_hosts_into_the_secret_the_entry_reads(
    kind: Literal["ingress", "gateway"],
) -> None:
    args: EntryPointArgs = {**_ISSUED, "kind": kind}
    made = declare(lambda: EntryPoint("entry", args))
    certificate = made["entry-certificate"]
    assert certificate.type == "kubernetes:cert-manager.io/v1:Certificate"
    assert certificate.parent == "entry"
    assert certificate.inputs == entry_certificate(args)
    # A challenge by HTTP comes through the entry: it must not wait for the certificate, nor be waited for.
    assert not certificate.depends_on
    assert not {name for name, entry in made.items() if "entry-certificate" in entry.depends_on}
    spec = certificate.inputs["spec"]
    assert spec["dnsNames"] == ["coder.example.com", "*.coder.example.com"]
    assert spec["issuerRef"] == {"group": "cert-manager.io", "kind": "ClusterIssuer", "name": "letsencrypt"}
    assert spec["privateKey"]["rotationPolicy"] == "Always"
    read = _secrets_read(args)
    assert read == {spec["secretName"]} == {"coder-tls"}


def test_a_given_secret_is_made_by_nobody_here() -> None:
    assert "entry-certificate" not in declare(lambda: EntryPoint("entry", _ARGS))


def test_without_wildcard_the_certificate_is_for_the_host_alone() -> None:
    assert entry_certificate({**_ISSUED, "wildcard_access_url": ""})["spec"]["dnsNames"] == ["coder.example.com"]


def _secrets_read(args: EntryPointArgs) -> set[str]:
    if args["kind"] == "ingress":
        return {entry["secretName"] for entry in build_ingress(args)["spec"]["tls"]}
    listeners = build_gateway(args)["spec"]["listeners"]
    return {ref["name"] for one in listeners if "tls" in one for ref in one["tls"]["certificateRefs"]}


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
