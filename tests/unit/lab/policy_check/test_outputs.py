"""The report in its four forms, from one fixed input; --update-golden writes the golden files anew."""

import datetime as dt
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import attrs
import pytest
import sarif_om  # type: ignore[import-untyped] # classes made from a schema
from pulumi_policy import Severity
from rich.console import Console

from lab.policy_check import rule_words as known_words
from lab.policy_check.check import Check, Location
from lab.policy_check.json_report import json_report
from lab.policy_check.markdown import markdown_report
from lab.policy_check.sarif import sarif_report
from lab.policy_check.tables import print_checks
from policies.report import BrokenRule, ExemptedViolation, ListedExemption, OpenCheck, Report
from policies.rule import RuleWords

_GOLDEN: Final = Path(__file__).parent / "golden"
_LIMITS: Final = "workload-requires-limits"
_VOLUMES: Final = "volume-forbids-replacement"
_END: Final = dt.date(2027, 3, 31)
_SENTENCE: Final = "The container 'main' of Deployment 'coder/registry' must have a cpu limit: it has none."
_RENDERED: Final = (
    "The container 'coder' of Deployment 'coder/coder' rendered by Release 'coder' "
    "must have a memory limit: it has none."
)

CHECKS: Final = (
    Check(
        title="stack prod",
        stack="prod",
        source="Pulumi.prod.yaml",
        report=Report(
            violations=(
                BrokenRule("mandatory", _LIMITS, "Deployment coder/registry", _SENTENCE),
                BrokenRule("mandatory", _LIMITS, "Deployment coder/coder", _RENDERED, "rendered by Release 'coder'"),
                BrokenRule(
                    "advisory", _VOLUMES, "PersistentVolumeClaim coder/a|b", "A @name and <b> in `code` | pipe."
                ),
            ),
            exempted=(ExemptedViolation(_LIMITS, "Job coder/once", "It has no limit.", "runs a second", _END),),
            undecided=(OpenCheck("mandatory", _LIMITS, "Pod coder/later", "spec.containers[0].resources"),),
            exemptions=(
                ListedExemption(_LIMITS, "Job coder/old", "was needed once", dt.date(2026, 1, 1), "expired"),
                ListedExemption(_LIMITS, "Job coder/once", "runs a second", _END, "valid"),
                ListedExemption(_LIMITS, "Job coder/twice", "runs a second", _END, "valid"),
                ListedExemption(_VOLUMES, "Pod coder/none", "never needed", _END, "unused"),
            ),
            resources=75,
        ),
        notes=("The chart 'coder' 2.36.3 was not rendered itself: lab/charts/coder stands in.",),
        fails_undecided=True,
        seconds=2.34,
    ),
    Check(title="stack dev", stack="dev", source="Pulumi.dev.yaml", report=Report(resources=1)),
    Check(title="stack staging", stack="staging", source="Pulumi.staging.yaml", failure="The program has a mistake."),
    Check(
        title="one file.yaml, by the rules of dev",
        stack="dev",
        source="one file.yaml",
        report=Report(violations=(BrokenRule("advisory", _LIMITS, "Pod a", "It is bare."),), resources=2),
        locations={"Pod a": Location("one file.yaml", 12)},
    ),
)


def _text() -> str:
    console = Console(file=io.StringIO(), width=120, no_color=True, highlight=False)
    print_checks(CHECKS, console)
    assert isinstance(console.file, io.StringIO)
    return "\n".join(line.rstrip() for line in console.file.getvalue().splitlines()) + "\n"


def _pretty(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


@dataclass(frozen=True)
class _Rule:
    words: RuleWords


@pytest.fixture(autouse=True)
def _two_rules(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the pack be of two rules whose words are known here."""
    words = [
        RuleWords(_LIMITS, "Workloads need limits", "Every container must have limits.", "Set `limits` to a|b."),
        RuleWords(_VOLUMES, "Volumes stay", "No volume may be replaced.", "Undo it.", severity=Severity.CRITICAL),
    ]
    monkeypatch.setattr(known_words, "RULES", tuple(map(_Rule, words)))
    monkeypatch.setattr(known_words, "CHANGE_RULES", ())
    known_words.rule_words.cache_clear()
    yield
    known_words.rule_words.cache_clear()


_OUTPUTS: Final[dict[str, Callable[[], str]]] = {
    "tables.txt": _text,
    "report.json": lambda: _pretty(json_report(CHECKS)),
    "report.sarif": lambda: _pretty(sarif_report(CHECKS)),
    "report.md": lambda: markdown_report(CHECKS),
}


@pytest.mark.parametrize("name", _OUTPUTS)
def test_the_report_is_the_golden_one(name: str, request: pytest.FixtureRequest) -> None:
    text = _OUTPUTS[name]()
    golden = _GOLDEN / name
    if request.config.getoption("--update-golden"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def test_what_a_check_comes_to() -> None:
    assert [check.exit_code for check in CHECKS] == [1, 0, 1, 0]
    assert CHECKS[0].stopping_undecided == 1
    undecided = Report(undecided=(OpenCheck("mandatory", _LIMITS, "Pod a", "spec"),))
    assert Check("a", "dev", undecided).passed
    assert not Check("a", "dev", undecided, fails_undecided=True).passed
    advisory = Report(undecided=(OpenCheck("advisory", _LIMITS, "Pod a", "spec"),))
    assert Check("a", "dev", advisory, fails_undecided=True).passed
    assert Check("a", "dev", failure="A file is missing.", failure_code=2).exit_code == 2


# What each property of the objects that occur holds, by the classes made from the schema.
_CHILDREN: Final = {
    ("SarifLog", "runs"): "Run",
    ("Run", "tool"): "Tool",
    ("Run", "automationDetails"): "RunAutomationDetails",
    ("Run", "invocations"): "Invocation",
    ("Run", "results"): "Result",
    ("Tool", "driver"): "ToolComponent",
    ("ToolComponent", "rules"): "ReportingDescriptor",
    ("ReportingDescriptor", "shortDescription"): "MultiformatMessageString",
    ("ReportingDescriptor", "fullDescription"): "MultiformatMessageString",
    ("ReportingDescriptor", "help"): "MultiformatMessageString",
    ("ReportingDescriptor", "defaultConfiguration"): "ReportingConfiguration",
    ("Invocation", "toolExecutionNotifications"): "Notification",
    ("Notification", "message"): "Message",
    ("Result", "message"): "Message",
    ("Result", "locations"): "Location",
    ("Result", "suppressions"): "Suppression",
    ("Location", "physicalLocation"): "PhysicalLocation",
    ("Location", "logicalLocations"): "LogicalLocation",
    ("PhysicalLocation", "artifactLocation"): "ArtifactLocation",
    ("PhysicalLocation", "region"): "Region",
}
_BAGS: Final = {"properties", "partialFingerprints"}
_CHOICES: Final = {
    ("Result", "kind"): {"notApplicable", "pass", "fail", "review", "open", "informational"},
    ("Result", "level"): {"none", "note", "warning", "error"},
    ("Suppression", "kind"): {"inSource", "external"},
}


def _hold_against_schema(found: object, name: str) -> None:
    assert isinstance(found, dict)
    fields = {field.metadata["schema_property_name"]: field for field in attrs.fields(getattr(sarif_om, name))}
    assert found.keys() <= fields.keys(), (name, found.keys() - fields.keys())
    required = {key for key, field in fields.items() if field.default is attrs.NOTHING}
    assert required <= found.keys(), (name, required - found.keys())
    for key, value in found.items():
        if (name, key) in _CHOICES:
            assert value in _CHOICES[name, key]
        child = _CHILDREN.get((name, key))
        if child is not None:
            for each in value if isinstance(value, list) else [value]:
                _hold_against_schema(each, child)
        else:
            assert key in _BAGS or not isinstance(value, dict), (name, key)


def test_the_sarif_log_has_only_what_the_schema_knows_and_all_it_asks_for() -> None:
    log = sarif_report(CHECKS)
    _hold_against_schema(log, "SarifLog")
    for run in log["runs"]:
        for result in run["results"]:
            # A result of another kind than "fail" has the level "none" (section 3.27.10 of the specification).
            assert result.get("kind", "fail") == "fail" or result["level"] == "none"
            assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def test_a_file_below_the_working_directory_is_named_relative_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    broken = Report(violations=(BrokenRule("mandatory", _LIMITS, "Pod a", "It is bare."),))
    for source, expected in ((tmp_path / "a b.yaml", "a%20b.yaml"), (Path("/else/b.yaml"), "file:///else/b.yaml")):
        log = sarif_report([Check("a", "dev", broken, source=str(source))])
        location = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
        assert location == {"artifactLocation": {"uri": expected}, "region": {"startLine": 1}}
