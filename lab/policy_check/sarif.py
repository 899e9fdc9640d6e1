"""The report as SARIF 2.1.0, the format code hosts show beside the lines of a change."""

__all__ = ["sarif_report"]

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import versions
from lab.policy_check.check import Check
from lab.policy_check.rule_words import rule_words
from policies.pack import NAME

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS: Final = {"mandatory": "error", "advisory": "warning"}
# What code hosts sort by: a number as for vulnerabilities, as text.
_SEVERITIES: Final = {"low": "3.0", "medium": "5.0", "high": "7.5", "critical": "9.5"}


def sarif_report(checks: Sequence[Check]) -> dict[str, Any]:
    """Return the log: one run a check, violations as results, exempted ones suppressed, open checks as open."""
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [_run(check) for check in checks]}


def _run(check: Check) -> dict[str, Any]:
    report = check.report
    results = [
        _result(check, each.rule, each.resource, each.sentence, level=_LEVELS.get(each.level, "note"))
        for each in report.violations
    ]
    for exempted in report.exempted:
        why = f"{exempted.reason} (until {exempted.expires.isoformat()})"
        result = _result(check, exempted.rule, exempted.resource, exempted.sentence, level="note")
        results.append({**result, "suppressions": [{"kind": "external", "justification": why}]})
    for open_check in report.undecided:
        text = f"{open_check.resource} cannot be judged before the update: it waits for {open_check.place}."
        result = _result(check, open_check.rule, open_check.resource, text, level="none")
        results.append({**result, "kind": "open"})
    invocation: dict[str, Any] = {"executionSuccessful": not check.failure, "exitCode": check.exit_code}
    if check.failure:
        problem = {"level": "error", "message": {"text": check.failure}}
        invocation["toolExecutionNotifications"] = [problem]
    return {
        "tool": {
            "driver": {
                "name": f"{NAME} policies",
                "semanticVersion": versions.PLATFORM,
                "rules": [_rule(name) for name in rule_words()],
            }
        },
        "automationDetails": {"id": f"policy/{check.stack}/"},
        "invocations": [invocation],
        "columnKind": "unicodeCodePoints",
        "results": results,
    }


def _rule(name: str) -> dict[str, Any]:
    words = rule_words()[name]
    return {
        "id": name,
        "shortDescription": {"text": words.title},
        "fullDescription": {"text": words.description},
        "help": {"text": words.remediation},
        "defaultConfiguration": {"level": "error"},
        "properties": {
            "tags": ["security", *words.tags],
            "security-severity": _SEVERITIES.get(words.severity.value, "5.0"),
        },
    }


def _result(check: Check, rule: str, resource: str, text: str, *, level: str) -> dict[str, Any]:
    place = check.location(resource)
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(place.file or check.source)}}
    # Code hosts want a line; where none is known it is the first.
    physical["region"] = {"startLine": place.line or 1}
    return {
        "ruleId": rule,
        "ruleIndex": list(rule_words()).index(rule),
        "level": level,
        "message": {"text": text},
        "locations": [
            {"physicalLocation": physical, "logicalLocations": [{"fullyQualifiedName": resource, "kind": "resource"}]}
        ],
        "partialFingerprints": {"resource/v1": f"{rule}|{resource}"},
    }


def _uri(file: str) -> str:
    """Return a file's name as a reference: relative to the working directory if it is below, else in full."""
    path = Path(file)
    if path.is_absolute() and path.is_relative_to(Path.cwd()):
        path = path.relative_to(Path.cwd())
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
