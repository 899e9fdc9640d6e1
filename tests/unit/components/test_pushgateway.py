"""The Pushgateway: its objects, who may push to it and who may read from it, and that every job knows where it is."""

from collections.abc import Callable
from itertools import product
from typing import Any, Final

import pytest

import ports
import versions
from components.network_flows import CODER, PUSHGATEWAY_PODS, SYSTEM, WORKSPACES, platform_flows
from components.network_policies import build_network_policies
from components.platform_namespaces import platform_namespaces
from components.pushgateway import Pushgateway, PushgatewayArgs
from components.pushgateway_manifests import build_deployment, build_service, build_storage, pushgateway_url
from core.host_names import is_cluster_internal
from settings import SettingsError
from tests.support.analyzer import PackAnalyzer, StackItem
from tests.support.reachability import Peer, is_reachable
from tests.support.recording import Registered, declare
from tests.support.sample_settings import sample_settings

_ON: Final = {"monitoring": "services", "pushgateway": "true", "homeSnapshots": "files", "workspacePrepull": "true"}
_ARGS: Final[PushgatewayArgs] = {
    "namespace": CODER,
    "image": "docker.io/prom/pushgateway:v1.11.3",
    "storage": "1Gi",
    "protect_storage": True,
}
_APP: Final = "app.kubernetes.io/name"
_PUSHERS: Final = {
    "reaper": Peer(CODER, {_APP: "reaper"}),
    "dump": Peer(CODER, {_APP: "database-dump"}),
    "collector": Peer(CODER, {_APP: "registry-gc", "app.kubernetes.io/component": "registry-gc"}),
    "snapshots": Peer(CODER, {_APP: "home-snapshots"}),
    "drill": Peer(CODER, {_APP: "home-snapshot-drill"}),
    "prepull check": Peer(SYSTEM, {_APP: "prepull-check"}),
}
_OTHERS: Final = {
    "workspace": Peer(WORKSPACES, {_APP: "coder-workspace"}),
    "Coder": Peer(CODER, {_APP: "coder"}),
    "database": Peer(CODER, {_APP: "postgres"}),
    "device plugin": Peer(SYSTEM, {_APP: "kvm-plugin"}),
    "stranger": Peer("default"),
    "node": Peer(address="10.0.3.4"),
    "internet": Peer(address="203.0.113.9"),
}
_PROMETHEUS: Final = Peer("monitoring", {_APP: "prometheus"})
_GATEWAY: Final = Peer(CODER, dict(PUSHGATEWAY_PODS.labels))


def _declare(args: PushgatewayArgs = _ARGS) -> dict[str, Registered]:
    return declare(lambda: Pushgateway("pushgateway", args))


def _policies(**values: str) -> list[dict[str, Any]]:
    namespaces = platform_namespaces(sample_settings("staging", **{**_ON, **values}))
    return [policy for args in namespaces for policy in build_network_policies(args["namespace"], args["flows"])]


def test_manifests(golden: Callable[[str, Any], None]) -> None:
    golden(
        "pushgateway",
        [
            build_storage(CODER, storage="1Gi", storage_class="standard"),
            build_deployment(CODER, image="docker.io/prom/pushgateway:v1.11.3"),
            build_service(CODER),
        ],
    )


def test_the_volume_is_protected_and_the_service_waits_for_the_pod() -> None:
    found = _declare()
    assert {entry.name for entry in found.values() if entry.parent == "pushgateway"} == {
        "pushgateway-pvc",
        "pushgateway-deployment",
        "pushgateway-service",
    }
    assert found["pushgateway-pvc"].protect
    assert "pushgateway-pvc" in found["pushgateway-deployment"].depends_on
    assert "pushgateway-deployment" in found["pushgateway-service"].depends_on
    assert not _declare({**_ARGS, "protect_storage": False})["pushgateway-pvc"].protect


def test_two_never_write_one_file() -> None:
    spec = build_deployment(CODER, image="x:1")["spec"]
    assert (spec["replicas"], spec["strategy"]) == (1, {"type": "Recreate"})


@pytest.mark.parametrize("stack", ["dev", "prod", "staging"])
def test_the_policy_pack_has_nothing_to_say(stack: str) -> None:
    lab: PushgatewayArgs = {
        **_ARGS,
        "image": f"localhost/spt-flow/pushgateway:{versions.PUSHGATEWAY}",
        "storage_class": "local-path",
    }
    locked: PushgatewayArgs = {**_ARGS, "image": f"docker.io/prom/pushgateway:v1.11.3@sha256:{'a1' * 32}"}
    found = _declare(lab if stack == "dev" else locked)
    items = [StackItem(entry.type, entry.sent, entry.name, entry.protect, entry.parent) for entry in found.values()]
    analyzer = PackAnalyzer.of_stack(stack)
    assert analyzer.analyze_everything(items) == []


def test_jobs_push_to_it_and_nobody_else_does() -> None:
    policies = _policies()
    reached = {
        name
        for name, peer in {**_PUSHERS, **_OTHERS}.items()
        if is_reachable(policies, peer, _GATEWAY, "TCP", ports.PUSHGATEWAY)
    }
    assert reached == set(_PUSHERS)


def test_what_pushes_inside_does_not_go_outside_for_it() -> None:
    policies = _policies()
    outside = {
        name
        for (name, peer), port in product(_PUSHERS.items(), (80, 443, 9091))
        if is_reachable(policies, peer, Peer(address="203.0.113.9"), "TCP", port)
    }
    # The reaper asks Coder at its access URL.
    assert outside == {"reaper"}


def test_with_a_gateway_outside_jobs_reach_that() -> None:
    policies = _policies(pushgateway="false", reaperPushgatewayUrl="https://pushgateway.example.com")
    for peer in _PUSHERS.values():
        assert is_reachable(policies, peer, Peer(address="203.0.113.9"), "TCP", 443)
        assert not is_reachable(policies, peer, Peer(address="169.254.169.254"), "TCP", 80)
        assert not is_reachable(policies, peer, _GATEWAY, "TCP", ports.PUSHGATEWAY)


def test_prometheus_reads_metrics_and_nothing_else() -> None:
    policies = _policies()
    targets = {
        "Coder": _OTHERS["Coder"],
        "registry": Peer(CODER, {_APP: "registry"}),
        "gateway": _GATEWAY,
        **{name: peer for name, peer in {**_PUSHERS, **_OTHERS}.items() if peer.namespace in (CODER, SYSTEM)},
        "workspace": _OTHERS["workspace"],
    }
    numbers = (80, 443, 2112, 5000, 5001, 5432, 8080, 9091)
    reached = {
        (name, port)
        for (name, peer), port in product(targets.items(), numbers)
        if is_reachable(policies, _PROMETHEUS, peer, "TCP", port)
    }
    assert reached == {("Coder", 2112), ("registry", 5001), ("gateway", 9091)}


def test_nobody_reads_where_there_is_no_monitoring() -> None:
    policies = _policies(monitoring="none", pushgateway="false")
    assert not is_reachable(policies, _PROMETHEUS, _OTHERS["Coder"], "TCP", ports.CODER_METRICS)


def test_the_gateway_itself_opens_no_connection() -> None:
    flows = platform_flows(["10.0.0.0/16"], pushgateway=True, metrics_namespace="monitoring")
    policies = [policy for name in (CODER, WORKSPACES, SYSTEM) for policy in build_network_policies(name, flows)]
    for target, port in product(
        [*_PUSHERS.values(), *_OTHERS.values(), Peer("kube-system", {"k8s-app": "kube-dns"})], (53, 80, 443)
    ):
        assert not is_reachable(policies, _GATEWAY, target, "TCP", port)


def test_jobs_are_told_a_name_that_the_service_has() -> None:
    url = pushgateway_url(sample_settings("staging", **_ON))
    service = build_service(CODER)
    host = f"{service['metadata']['name']}.{service['metadata']['namespace']}.svc.cluster.local"
    assert url == f"http://{host}"
    assert is_cluster_internal(host)
    assert service["spec"]["ports"][0]["port"] == ports.HTTP
    assert pushgateway_url(sample_settings("staging")) == ""


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"reaperPushgatewayUrl": "https://pushgateway.example.com"}, "names a gateway already"),
        ({"monitoring": "none"}, "nobody would read from it"),
        ({"monitoringNamespace": ""}, "monitoringNamespace"),
        ({"monitoringLabels": '{"release": 1}'}, "labels and their values"),
        ({"monitoringLabels": '{"a b": "c"}'}, "labels and their values"),
        ({"monitoringRunbookUrl": "alerts.md"}, "URL of a page"),
        ({"pushgatewayStorage": "10Ti"}, "coderQuotaStorage"),
    ],
)
def test_settings_that_cannot_be_meant(values: dict[str, str], words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        sample_settings("staging", **{**_ON, **values})
