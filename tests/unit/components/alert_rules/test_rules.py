"""Every rule, judged by Prometheus' own promtool on made-up series; needs Debian's prometheus (make test-packages)."""

import re
from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from components.alert_rules.every_group import RuleFacts, build_groups
from components.manifest import Manifest
from components.monitoring_manifests import build_rule_file
from core.business_hours import BusinessHours
from tests.support.prometheus import Promtool
from tests.unit.components.alert_rules.rule_cases import CASES, Case

_HOURS: Final = BusinessHours.parse("Mon-Fri", "09:00-17:00", "Europe/Berlin")
_GROUPS: Final = build_groups(RuleFacts(_HOURS, runbook_url="https://docs.example.com/alerts"))
_RUNBOOKS: Final = Path(__file__).resolve().parents[4] / "docs" / "runbooks"


def _rules(groups: list[Manifest], kind: str) -> dict[str, Manifest]:
    return {rule[kind]: rule for group in groups for rule in group["rules"] if kind in rule}


_ALERTS: Final = _rules(_GROUPS, "alert")


def _needed(alert: str) -> list[Manifest]:
    """Return the alert's group, and what it may look at: the others would only take time."""
    return [
        group
        for group in _GROUPS
        if group["name"] == "spt-flow-business-hours" or any(rule.get("alert") == alert for rule in group["rules"])
    ]


def _as_promtool_reads_it(case: Case) -> dict[str, Any]:
    rule = _ALERTS[case.alert]
    expected = [
        {
            "exp_labels": {**rule["labels"], **labels},
            "exp_annotations": {**rule["annotations"], "description": description},
        }
        for labels, description in case.fires
    ]
    return {
        "interval": case.step,
        "input_series": [{"series": series, "values": values} for series, values in case.series.items()],
        "alert_rule_test": [
            {"eval_time": case.not_yet, "alertname": case.alert, "exp_alerts": []},
            {"eval_time": case.at, "alertname": case.alert, "exp_alerts": expected},
        ],
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_an_alert_fires_when_it_should(case: Case, tmp_path: Path, promtool: Promtool) -> None:
    rules, file = tmp_path / "rules.yaml", tmp_path / "test.yaml"
    groups = _needed(case.alert)
    rules.write_text(build_rule_file(groups), encoding="utf-8")
    content = {
        "rule_files": [str(rules)],
        "evaluation_interval": case.step,
        # Else in any order, and with steps that are longer than a value lasts one group would miss the other's.
        "group_eval_order": [group["name"] for group in groups],
        "tests": [_as_promtool_reads_it(case)],
    }
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    assert promtool.test_rules(file) == ""


def test_every_alert_is_seen_firing_and_silent() -> None:
    seen = Counter((case.alert, bool(case.fires)) for case in CASES)
    assert seen.keys() == {(name, fires) for name in _ALERTS for fires in (True, False)}


def test_promtool_has_nothing_against_the_rules(tmp_path: Path, promtool: Promtool) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text(build_rule_file(_GROUPS), encoding="utf-8")
    assert promtool.check_rules(file) == ""


def test_names_are_there_once() -> None:
    names = Counter(rule.get("alert", rule.get("record")) for group in _GROUPS for rule in group["rules"])
    assert {name for name, number in names.items() if number > 1} == set()


def test_every_record_is_used() -> None:
    text = build_rule_file(_GROUPS)
    for name in _rules(_GROUPS, "record"):
        assert len(re.findall(rf"{re.escape(name)}\b", text)) > 1, name


def test_every_alert_says_what_to_do() -> None:
    for name, rule in _ALERTS.items():
        assert rule["labels"]["severity"] in ("critical", "warning"), name
        assert rule["annotations"]["runbook_url"] == f"https://docs.example.com/alerts#{name.lower()}"
        assert rule["annotations"]["summary"], name
        assert "for" in rule, name


def test_each_alert_has_its_section_in_the_runbook_and_each_section_its_alert() -> None:
    text = (_RUNBOOKS / "alerts.md").read_text(encoding="utf-8")
    sections = re.findall(r"^## (\w+)$", text, re.MULTILINE)
    assert sections == sorted(_ALERTS)
    for section in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        name = section.partition("\n")[0]
        severity = _ALERTS[name]["labels"]["severity"]
        assert re.search(rf"^\*\*{severity}\*\*", section, re.MULTILINE), f"{name}: {severity}"


def test_without_a_place_of_their_own_runbooks_are_named_by_their_path() -> None:
    (first, *_) = _rules(build_groups(RuleFacts(_HOURS)), "alert").values()
    assert first["annotations"]["runbook_url"] == "docs/runbooks/alerts.md#coderdown"


def test_nothing_is_expected_of_what_a_stack_does_not_have() -> None:
    facts = RuleFacts(_HOURS, pushgateway=False, dumps=False, snapshots=False, collection=False, prepull=False)
    text = build_rule_file(build_groups(facts))
    for word in ("dump", "snapshot", "registry_gc", "prepull", "pushgateway", "push_time"):
        assert word not in text, word
    assert "ReaperFailing" in text
    silent = build_rule_file(build_groups(RuleFacts(_HOURS, pushes=False)))
    assert "spt_flow_reaper" not in silent
    assert "CoderDown" in silent
