"""Rule: a release tells its chart nothing that the chart would ignore."""

__all__ = ["RELEASE_VALUES", "check"]

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from core.coder_chart import CHART, KEYS_SINCE, chart_version
from policies.findings import Findings
from policies.resource import Resource
from policies.rule import ResourceRule, RuleWords
from policies.subjects.exact_version import is_exact_version
from policies.subjects.releases import ReleaseView, release_of
from policies.subjects.value_schema import faults_in

_SCHEMAS: Final = Path(__file__).resolve().parents[1] / "charts"


@cache
def _schemas() -> Mapping[str, Mapping[str, Any]]:
    """Return what the values of each known chart may be, by the chart's name."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in _SCHEMAS.glob("*.json")}


def check(resource: Resource, _config: Mapping[str, Any], findings: Findings) -> None:
    """Report values that the chart does not know or cannot take, and charts whose values nobody has written down."""
    release = release_of(resource)
    if release is None or findings.is_open(release.properties.get("chart")):
        return
    files = release.properties.get("valueYamlFiles")
    is_empty = files.is_sequence and not any(True for _ in files.items())
    if not findings.is_open(files) and not files.is_missing and not is_empty:
        findings.violation(
            release.subject, f"{release.subject.title} must not take values from files: policies cannot read them."
        )
    schema = _schemas().get(release.chart_name)
    if schema is None:
        findings.violation(
            release.subject,
            f"{release.subject.title} must be of a chart whose values are known ({', '.join(_schemas())}): "
            f"it is of another one.",
        )
        return
    if release.values.is_missing:
        return
    for fault in faults_in(release.values, schema, findings):
        where = f"The value {fault.path}" if fault.path else "What is put in values"
        findings.violation(release.subject, f"{where} of {release.subject.title} {fault.complaint}.")
    for path, since in _too_new(release, findings):
        sentence = f"The value {path} of {release.subject.title} must go: its chart knows it since {since} only."
        findings.violation(release.subject, sentence)


def _too_new(release: ReleaseView, findings: Findings) -> Iterator[tuple[str, str]]:
    """Yield the keys that a later version of the chart would take, and which version that is."""
    version = release.properties.get("version")
    text = version.string()
    findings.is_open(version)
    if release.chart_name != CHART or not is_exact_version(text):
        return
    for path, since in KEYS_SINCE.items():
        found = release.values.get(*path.split("."))
        if chart_version(text.removeprefix("v")) < chart_version(since) and not found.is_missing:
            yield path, since


RELEASE_VALUES: Final = ResourceRule(
    words=RuleWords(
        name="release-forbids-ignored-values",
        title="Releases tell charts what they know",
        description=(
            "The values of a Helm release must be keys that its chart knows at the release's version, of the kind it "
            "takes: helm passes over all others in silence."
        ),
        remediation=(
            "Mind the level: what is Coder's stands under coder. For a chart that is new here, write the schema of its "
            "values into policies/charts/<chart>.json."
        ),
        tags=("kubernetes", "helm"),
    ),
    read=lambda config: config,
    check=check,
)
"""The rule."""
