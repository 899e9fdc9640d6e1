"""Monitoring: what is scraped is what is served, and the rules are given in the form that the cluster reads."""

import json
from collections.abc import Callable
from typing import Any, Final

import pulumi
import pytest
import yaml

from components.coder_manifests import build_metrics_service
from components.manifest import Manifest
from components.monitoring import Monitoring
from components.monitoring_arguments import declare_monitoring, monitoring_args, rule_facts
from components.monitoring_manifests import (
    RULES_FILE,
    build_registry_metrics_service,
    build_rules,
    build_rules_config_map,
    build_service_monitors,
)
from components.platform_namespaces import platform_namespaces
from components.pushgateway_manifests import build_service as build_pushgateway_service
from components.registry_manifests import build_deployment as build_registry
from components.registry_manifests import build_service as build_registry_service
from components.registry_manifests import registry_config
from settings import Settings
from tests.support.analyzer import PackAnalyzer, StackItem
from tests.support.recording import Registered, declare
from tests.support.sample_settings import sample_settings

_LABELS: Final = {"release": "kube-prometheus-stack"}
_GROUP: Final[Manifest] = {"name": "some", "rules": [{"record": "a:b", "expr": "vector(1)"}]}
_SERVICES: Final = [
    build_metrics_service("coder"),
    build_registry_metrics_service("coder"),
    build_registry_service("coder", None),
    build_pushgateway_service("coder"),
]


def _settings(**values: str) -> Settings:
    return sample_settings("staging", **values)


def _declare(**values: str) -> dict[str, Registered]:
    return declare(lambda: declare_monitoring(_settings(**values), pulumi.ResourceOptions()))


def test_manifests(golden: Callable[[str, Any], None]) -> None:
    golden(
        "monitoring",
        [
            build_registry_metrics_service("coder"),
            *build_service_monitors("coder", _LABELS, pushgateway=True),
            build_rules("coder", _LABELS, [_GROUP]),
            build_rules_config_map("coder", [_GROUP]),
        ],
    )


def _ports(monitor: Manifest) -> list[tuple[str, int]]:
    """Return the Services, with their ports, that the operator finds for a ServiceMonitor."""
    wanted = monitor["spec"]["selector"]["matchLabels"]
    (endpoint,) = monitor["spec"]["endpoints"]
    return [
        (service["metadata"]["name"], port["port"])
        for service in _SERVICES
        if wanted.items() <= service["metadata"]["labels"].items()
        and service["metadata"]["namespace"] in monitor["spec"]["namespaceSelector"]["matchNames"]
        for port in service["spec"]["ports"]
        if port["name"] == endpoint["port"]
    ]


def test_each_service_monitor_finds_its_service_and_no_other() -> None:
    monitors = build_service_monitors("coder", _LABELS, pushgateway=True)
    found = {monitor["metadata"]["name"]: _ports(monitor) for monitor in monitors}
    # The rules know a job by its Service's name, which the operator takes for it.
    assert found == {
        "coder-metrics": [("coder-metrics", 2112)],
        "registry-metrics": [("registry-metrics", 5001)],
        "pushgateway": [("pushgateway", 80)],
    }
    assert [one["metadata"]["name"] for one in build_service_monitors("coder", {}, pushgateway=False)] == [
        "coder-metrics",
        "registry-metrics",
    ]


def test_what_was_pushed_keeps_its_own_labels() -> None:
    monitors = build_service_monitors("coder", _LABELS, pushgateway=True)
    honored = {one["metadata"]["name"]: one["spec"]["endpoints"][0]["honorLabels"] for one in monitors}
    assert honored == {"coder-metrics": False, "registry-metrics": False, "pushgateway": True}


def test_the_registry_serves_metrics_where_its_service_leads() -> None:
    service = build_registry_metrics_service("coder")
    deployment = build_registry("coder", image="x:1", config=registry_config(), resources={})
    pod = deployment["spec"]["template"]
    (port,) = service["spec"]["ports"]
    assert service["spec"]["selector"].items() <= pod["metadata"]["labels"].items()
    named = {each["name"]: each["containerPort"] for each in pod["spec"]["containers"][0]["ports"]}
    assert named[port["targetPort"]] == port["port"]
    debug = yaml.safe_load(registry_config())["http"]["debug"]
    assert debug == {"addr": f":{port['port']}", "prometheus": {"enabled": True, "path": "/metrics"}}


def test_with_the_operator_rules_are_an_object_of_its_own() -> None:
    found = _declare(monitoring="operator", monitoringLabels=json.dumps(_LABELS), pushgateway="true")
    kinds = {entry.name: entry.type for entry in found.values() if entry.parent == "monitoring"}
    monitor = "kubernetes:monitoring.coreos.com/v1:ServiceMonitor"
    assert kinds == {
        "monitoring-registry": "kubernetes:core/v1:Service",
        "monitoring-coder-metrics-monitor": monitor,
        "monitoring-registry-metrics-monitor": monitor,
        "monitoring-pushgateway-monitor": monitor,
        "monitoring-rules": "kubernetes:monitoring.coreos.com/v1:PrometheusRule",
    }
    for name in kinds.keys() - {"monitoring-registry"}:
        assert found[name].inputs["metadata"]["labels"]["release"] == "kube-prometheus-stack", name


def test_without_it_they_are_a_file_with_the_same_content() -> None:
    operator, services = _declare(monitoring="operator"), _declare(monitoring="services")
    assert {entry.type.rpartition(":")[2] for entry in services.values()} == {"Monitoring", "Service", "ConfigMap"}
    file = yaml.safe_load(services["monitoring-rules"].inputs["data"][RULES_FILE])
    assert file["groups"] == operator["monitoring-rules"].inputs["spec"]["groups"]
    assert len(file["groups"]) > 3


def test_without_monitoring_there_is_nothing() -> None:
    assert _declare() == {}
    assert monitoring_args(_settings()) is None


def test_rules_follow_the_settings() -> None:
    facts = rule_facts(
        _settings(
            monitoring="services",
            pushgateway="true",
            businessDays="Sun-Thu",
            businessHours="08:30-16:00",
            businessTimeZone="Asia/Kathmandu",
            homeSnapshots="files",
            registryGc="false",
            monitoringRunbookUrl="https://docs.example.com/alerts",
        )
    )
    assert (facts.pushes, facts.pushgateway, facts.snapshots) == (True, True, True)
    assert (facts.collection, facts.prepull, facts.dumps) == (False, False, True)
    assert facts.hours.zone.key == "Asia/Kathmandu"
    assert facts.hours.days == {6, 0, 1, 2, 3}
    assert facts.runbook_url == "https://docs.example.com/alerts"


_DATABASE_OF_THE_USERS: Final = [
    {"databaseUrl": "postgres://coder@database.example.com:5432/coder"},
    {
        "secretsSource": "operator",
        "secretsVault": "platform",
        "secretsItems": json.dumps({"databaseUrl": {"item": "database"}}),
    },
    {
        "secretsSource": "connect",
        "secretsVault": "platform",
        "connectUrl": "https://connect.example.com",
        "connectToken": "token",
        "secretsItems": json.dumps({"databaseUrl": {"item": "database"}}),
    },
]


@pytest.mark.parametrize("values", _DATABASE_OF_THE_USERS, ids=["config", "operator", "connect"])
def test_nobody_waits_for_dumps_of_a_database_of_the_users(values: dict[str, str]) -> None:
    with_own = _settings(monitoring="services", pushgateway="true")
    secret = [key for key in ("databaseUrl", "connectToken") if key in values]
    with_theirs = sample_settings("staging", secret, monitoring="services", pushgateway="true", **values)
    assert [rule_facts(each).dumps for each in (with_own, with_theirs)] == [True, False]
    names = [{flow.name for flow in platform_namespaces(each)[0]["flows"]} for each in (with_own, with_theirs)]
    assert names[0] - names[1] == {"metrics-from-database-dump"}


def test_with_a_gateway_of_the_users_jobs_are_looked_at_and_the_gateway_is_not() -> None:
    facts = rule_facts(_settings(monitoring="services", reaperPushgatewayUrl="https://pushgateway.example.com"))
    assert (facts.pushes, facts.pushgateway) == (True, False)
    assert not rule_facts(_settings(monitoring="services")).pushes


@pytest.mark.parametrize("kind", ["services", "operator"])
@pytest.mark.parametrize("stack", ["dev", "prod", "staging"])
def test_the_policy_pack_has_nothing_to_say(stack: str, kind: str) -> None:
    settings = _settings(monitoring=kind, pushgateway="true", homeSnapshots="files")
    args = monitoring_args(settings)
    assert args is not None
    found = declare(lambda: Monitoring("monitoring", args))
    items = [StackItem(entry.type, entry.sent, entry.name, entry.protect, entry.parent) for entry in found.values()]
    assert PackAnalyzer.of_stack(stack).analyze_everything(items) == []
