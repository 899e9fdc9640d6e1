"""A real Prometheus in the lab, told what the operator would tell it: all that is relied on is there."""

import datetime as dt
import secrets
from collections.abc import Iterator
from typing import Final

import pytest

from components.alert_rules.every_group import build_groups
from components.dashboards.pages import PAGES
from components.dashboards.panel import build_dashboard
from components.monitoring_arguments import rule_facts
from components.monitoring_manifests import build_rule_file, build_service_monitors
from lab.cluster.layout import ClusterLayout
from lab.cluster.record import running_record
from lab.deploy.target import lab_target
from settings import Settings
from tests.integration.conftest import Platform
from tests.support.coder_site import SMALL, CoderSite
from tests.support.patience import wait_until
from tests.support.prometheus import PrometheusServer, running_prometheus
from tests.support.promql import metric_names
from tests.support.scrape_config import prometheus_config
from tests.support.served_metrics import CODER_METRICS, OTHERS_METRICS, REGISTRY_METRICS, job_metrics

pytestmark = pytest.mark.lab

_SECONDS: Final = 2
"""Between two looks: of Prometheus at what it scrapes, and at its rules."""

_CODER: Final = "coder-metrics"
_REGISTRY: Final = "registry-metrics"
# There only once somebody has a workspace that runs, which the platform itself does not need.
_OF_RUNNING_WORKSPACES: Final = {
    "coderd_agents_connection_latencies_seconds",
    "coderd_agents_connections",
    "coderd_workspace_latest_build_status",
}


_OF_BUILDS: Final = {
    "coderd_provisionerd_workspace_build_timings_seconds_bucket",
    "coderd_workspace_builds_total",
}


@pytest.fixture(scope="module")
def settings(platform: Platform) -> Settings:
    return lab_target(platform.stack, platform.instance).settings()


@pytest.fixture(scope="module")
def prometheus(
    platform: Platform, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PrometheusServer]:
    """Run it in the lab's network, where pods have addresses, with the stack's own rules."""
    folder = tmp_path_factory.mktemp("prometheus")
    rules = folder / "rules.yaml"
    rules.write_text(build_rule_file(build_groups(rule_facts(settings))), encoding="utf-8")
    monitors = build_service_monitors("coder", {}, pushgateway=settings.monitoring.pushgateway)
    record = running_record(ClusterLayout(platform.instance.directory))
    assert record is not None
    config = prometheus_config(monitors, platform.kubectl, [rules], seconds=_SECONDS)
    enter = ("nsenter", "--net", "--target", str(record.pid), "--")
    with running_prometheus(folder, config, *enter, host=str(platform.instance.node_address)) as server:
        server.wait_until_scraped()
        wait_until(lambda: bool(server.query("spt_flow:coder_available > 0")), seconds=90)
        yield server


def _served(prometheus: PrometheusServer, job: str) -> set[str]:
    """Return the names that a job serves; it is asked again until the first scrape is in."""
    found: set[str] = set()

    def is_scraped() -> bool:
        found.update(sample.labels["name"] for sample in prometheus.query(_NAMES % job))
        return bool(found)

    wait_until(is_scraped, seconds=90)
    return found


_NAMES: Final = 'group by (name) (label_replace({job="%s"}, "name", "$1", "__name__", "(.*)"))'


def test_everything_with_metrics_is_found_and_answers(prometheus: PrometheusServer, settings: Settings) -> None:
    targets = prometheus.wait_until_scraped()
    down = {target.address: target.error for target in targets if target.health != "up"}
    assert down == {}
    expected = {_CODER, _REGISTRY, *(["pushgateway"] if settings.monitoring.pushgateway else [])}
    assert {target.labels["job"] for target in targets} == expected
    assert all(target.labels["namespace"] == "coder" for target in targets)


def test_coder_and_the_registry_serve_what_is_relied_on(
    prometheus: PrometheusServer, platform: Platform, site: CoderSite
) -> None:
    if _OF_BUILDS - _served(prometheus, _CODER):
        # Coder has been restarted since somebody built a workspace, and it counts in memory.
        with site.client() as client:
            workspace = site.start(client, f"counted-{secrets.token_hex(3)}", template="spt-flow", parameters=SMALL)
            site.remove(client, workspace.id)
        wait_until(lambda: _served(prometheus, _CODER) >= _OF_BUILDS, seconds=90)
    coder = _served(prometheus, _CODER)
    missing = CODER_METRICS - coder
    has_workspaces = bool(platform.kubectl.get("-n", "coder-workspace", "deployments")["items"])
    assert missing - (set() if has_workspaces else _OF_RUNNING_WORKSPACES) == set()
    assert REGISTRY_METRICS - _served(prometheus, _REGISTRY) == set()


def test_rules_are_taken_and_computed_without_error(prometheus: PrometheusServer) -> None:
    wait_until(lambda: all(rule["health"] != "unknown" for rule in prometheus.rules()), seconds=90)
    assert {rule["name"]: rule["lastError"] for rule in prometheus.rules() if rule["health"] != "ok"} == {}
    assert [sample.value for sample in prometheus.query("spt_flow:coder_up")] == [1.0]
    assert [sample.value for sample in prometheus.query("spt_flow:coder_available")] == [1.0]


def test_rules_and_dashboards_ask_for_nothing_that_nobody_serves(prometheus: PrometheusServer) -> None:
    rules = prometheus.rules()
    recorded = {rule["name"] for rule in rules if rule["type"] == "recording"}
    asked = {
        target["expr"]
        for page in map(build_dashboard, PAGES)
        for panel in page["panels"]
        for target in panel.get("targets", [])
    }
    names = set().union(*(metric_names(text) for text in [*asked, *(rule["query"] for rule in rules)]))
    served = _served(prometheus, _CODER) | _served(prometheus, _REGISTRY) | _OF_RUNNING_WORKSPACES
    others = set().union(*OTHERS_METRICS.values())
    assert names - served - recorded - job_metrics() - others == set()
    for expression in asked:
        prometheus.query(expression)


def test_a_job_tells_prometheus_by_way_of_the_gateway(
    prometheus: PrometheusServer, platform: Platform, settings: Settings
) -> None:
    if not settings.monitoring.pushgateway:
        pytest.skip("the stack dev runs no Pushgateway")
    name = f"reaper-{secrets.token_hex(4)}"
    before = dt.datetime.now(tz=dt.UTC).timestamp()
    platform.kubectl.run("-n", "coder", "create", "job", name, "--from=cronjob/reaper")
    try:
        platform.kubectl.wait(f"job/{name}", "condition=Complete", namespace="coder")
        asked = f"spt_flow_reaper_last_success_timestamp_seconds > {before:.0f}"
        wait_until(lambda: bool(prometheus.query(asked)), seconds=90)
        (sample,) = prometheus.query(asked)
        # The job's own, not that of the gateway's Service.
        assert sample.labels["job"] == "spt-flow-reaper"
    finally:
        platform.kubectl.delete(f"job/{name}", namespace="coder")
