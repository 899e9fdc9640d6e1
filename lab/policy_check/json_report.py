"""The report for programs: one JSON document, described in docs/policy-check.md."""

__all__ = ["VERSION", "json_report"]

from collections.abc import Sequence
from typing import Any, Final

from lab.policy_check.check import Check
from lab.policy_check.rule_words import rule_words

VERSION: Final = 1
"""Goes up when a key changes its meaning or goes away."""


def json_report(checks: Sequence[Check]) -> dict[str, Any]:
    """Return the document; the same checks give the same text."""
    return {
        "version": VERSION,
        "passed": all(check.passed for check in checks),
        "checks": [_check(check) for check in checks],
        "rules": {
            name: {
                "title": words.title,
                "description": words.description,
                "remediation": words.remediation,
                "severity": words.severity.value,
                "tags": list(words.tags),
            }
            for name, words in rule_words().items()
        },
    }


def _check(check: Check) -> dict[str, Any]:
    report = check.report
    return {
        "title": check.title,
        "stack": check.stack,
        "passed": check.passed,
        "failure": check.failure or None,
        "resources": report.resources,
        "undecidedFails": check.fails_undecided,
        "notes": list(check.notes),
        "violations": [
            {
                "level": each.level,
                "rule": each.rule,
                "resource": each.resource,
                "origin": each.origin or None,
                "sentence": each.sentence,
                **_place(check, each.resource),
            }
            for each in report.violations
        ],
        "undecided": [
            {"level": each.level, "rule": each.rule, "resource": each.resource, "waitsFor": each.place}
            for each in report.undecided
        ],
        "exempted": [
            {
                "rule": each.rule,
                "resource": each.resource,
                "sentence": each.sentence,
                "reason": each.reason,
                "expires": each.expires.isoformat(),
            }
            for each in report.exempted
        ],
        "exemptions": [
            {
                "state": each.state,
                "rule": each.rule,
                "resource": each.resource,
                "reason": each.reason,
                "expires": each.expires.isoformat(),
            }
            for each in report.exemptions
        ],
    }


def _place(check: Check, resource: str) -> dict[str, Any]:
    place = check.location(resource)
    return {"file": place.file or None, "line": place.line or None}
