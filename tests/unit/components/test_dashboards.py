import itertools
import json
import re
from pathlib import Path
from typing import Any, Final

import pytest

from components.alert_rules.every_group import build_groups
from components.dashboards.pages import PAGES, dashboard_files, write_dashboards
from components.dashboards.panel import build_dashboard
from components.grafana import Grafana
from components.monitoring_arguments import rule_facts
from core.config_reader import SettingsError
from tests.support.prometheus import Promtool
from tests.support.promql import metric_names
from tests.support.recording import declare
from tests.support.sample_settings import sample_settings
from tests.support.served_metrics import CODER_METRICS, OTHERS_METRICS, REGISTRY_METRICS, job_metrics

_FOLDER: Final = Path(__file__).resolve().parents[3] / "docs" / "dashboards"
_BUILT: Final = {page.uid: build_dashboard(page) for page in PAGES}
_each_page = pytest.mark.parametrize("page", _BUILT.values(), ids=_BUILT.keys())
_SOURCE: Final = {"type": "prometheus", "uid": "${datasource}"}
_UNITS: Final = {"short", "s", "bytes", "percentunit", "reqps"}
_COLOURS: Final = {"green", "orange", "red"}


def _targets(page: dict[str, Any]) -> list[dict[str, Any]]:
    return [target for panel in page["panels"] for target in panel.get("targets", [])]


def _expressions() -> list[str]:
    asked = [target["expr"] for page in _BUILT.values() for target in _targets(page)]
    return asked + [each["expr"] for page in _BUILT.values() for each in page["annotations"]["list"]]


def test_the_files_are_what_the_code_builds() -> None:
    """Else `make docs` was not run."""
    assert {path.name: path.read_text(encoding="utf-8") for path in _FOLDER.glob("*.json")} == dashboard_files()


def test_files_are_written_and_read_back(tmp_path: Path) -> None:
    written = write_dashboards(tmp_path / "new")
    assert [json.loads(path.read_text()) for path in written] == list(_BUILT.values())


@_each_page
def test_a_page_is_as_grafana_wants_it(page: dict[str, Any]) -> None:
    """Follow what Grafana's schema says of dashboards (dashboard_kind.cue), as far as it is used here."""
    assert re.fullmatch(r"[a-zA-Z0-9_-]{1,40}", page["uid"])
    assert page["title"]
    assert page["tags"] == ["spt-flow"]
    assert (page["schemaVersion"], page["editable"]) == (39, False)
    assert [variable["name"] for variable in page["templating"]["list"]] == ["datasource"]
    numbers = [panel["id"] for panel in page["panels"]]
    assert numbers == list(range(1, len(numbers) + 1))
    assert all(target["datasource"] == _SOURCE for target in _targets(page))


@_each_page
def test_panels_lie_within_the_grid_and_none_over_another(page: dict[str, Any]) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in page["panels"]:
        place = panel["gridPos"]
        assert 0 <= place["x"] < place["x"] + place["w"] <= 24
        cells = set(
            itertools.product(range(place["x"], place["x"] + place["w"]), range(place["y"], place["y"] + place["h"]))
        )
        assert not cells & taken, panel["title"]
        taken |= cells


@_each_page
def test_each_panel_says_what_it_shows(page: dict[str, Any]) -> None:
    panels = [panel for panel in page["panels"] if panel["type"] != "row"]
    assert len({panel["title"] for panel in panels}) == len(panels)
    for panel in panels:
        assert panel["type"] in {"stat", "timeseries", "table"}
        assert panel["description"].endswith(".")
        assert [target["refId"] for target in panel["targets"]] == list("ABCDEF")[: len(panel["targets"])]
        defaults = panel["fieldConfig"]["defaults"]
        assert defaults["unit"] in _UNITS
        steps = defaults["thresholds"]["steps"]
        assert steps[0]["value"] is None
        assert [step["value"] for step in steps[1:]] == sorted(step["value"] for step in steps[1:])
        assert {step["color"] for step in steps} <= _COLOURS
        assert panel["type"] == "timeseries" or all(target["instant"] for target in panel["targets"])


def test_prometheus_understands_every_question(promtool: Promtool, tmp_path: Path) -> None:
    assert promtool.check_expressions(_expressions(), tmp_path) == ""
    assert "expression:1" in promtool.check_expressions(["up", "rate(up[5m]"], tmp_path)


def test_every_metric_is_served_by_somebody() -> None:
    settings = sample_settings("prod", monitoring="services", pushgateway="true")
    rules = [rule for group in build_groups(rule_facts(settings)) for rule in group["rules"]]
    recorded = {rule["record"] for rule in rules if "record" in rule}
    known = CODER_METRICS | REGISTRY_METRICS | job_metrics() | recorded | set().union(*OTHERS_METRICS.values())
    asked = set().union(*map(metric_names, _expressions()))
    assert asked - known == set()
    assert {"spt_flow_reaper_starts_slow", "spt_flow:coder_up"} <= asked


def test_a_metric_that_nobody_serves_would_be_found() -> None:
    expression = 'sum by (le, a) (rate(coderd_request_seconds_bucket{b="x_y"}[5m] offset 1h)) / on(c) (up > bool 0.5e3)'
    assert metric_names(expression) == {"coderd_request_seconds_bucket", "up"}
    assert "coderd_request_seconds_bucket" not in CODER_METRICS


def test_grafana_finds_them_by_their_label() -> None:
    settings = sample_settings("staging", dashboards="config-map", monitoringNamespace="observability")
    made = declare(
        lambda: Grafana(
            "grafana",
            {
                "namespace": settings.monitoring.monitoring_namespace,
                "labels": settings.dashboards.dashboard_labels,
            },
        )
    )
    maps = {name: one for name, one in made.items() if one.type.endswith(":ConfigMap")}
    assert set(maps) == {f"grafana-{uid}" for uid in _BUILT}
    for one in maps.values():
        metadata = one.inputs["metadata"]
        assert (metadata["namespace"], metadata["labels"]["grafana_dashboard"]) == ("observability", "1")
        ((file, text),) = one.inputs["data"].items()
        assert json.loads(text)["uid"] == file.removesuffix(".json") == metadata["name"]
        # An object of the API server is at most 1 MiB, an annotation of kubectl's 256 KiB.
        assert len(text) < 200_000


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"dashboardLabels": '{"a b": "1"}'}, "a JSON object of labels"),
        ({"dashboardLabels": '{"a": 1}'}, "a JSON object of labels"),
        ({"dashboards": "config-map", "monitoringNamespace": ""}, "no value for the setting spt-flow:monitoringName"),
    ],
)
def test_what_grafana_could_not_find_is_refused(values: dict[str, str], words: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(words)):
        sample_settings("staging", **values)
