"""Known vulnerabilities of what is in an image: critical ones that a newer package mends are not let through."""

__all__ = ["Exemption", "Finding", "Verdict", "findings_of", "judge", "read_exemptions", "scan"]

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import yaml

from ci.image_tools import image_tool
from core.errors import CommandFailedError, SptFlowError, UsageError

_SECONDS: Final = 30 * 60.0
_KEYS: Final = {"id", "image", "package", "reason", "until"}
_ID: Final = re.compile(r"(?:CVE|GHSA|GO)-[A-Za-z0-9-]+", re.ASCII)
_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")
_DATABASE: Final = re.compile(r"vulnerability (?:db|database)")
_FIXED: Final = "fixed"
_WORST: Final = "Critical"


@dataclass(frozen=True, order=True)
class Finding:
    """One vulnerability of one package, as grype says it; `fixes` are the versions that mend it."""

    severity: str
    id: str
    package: str
    version: str
    fixes: tuple[str, ...]

    @property
    def is_blocking(self) -> bool:
        """Tell whether it is critical, and a newer version is there."""
        return self.severity == _WORST and bool(self.fixes)


@dataclass(frozen=True)
class Exemption:
    """A finding that is let through: in which image and package, why, and up to which day."""

    id: str
    image: str
    package: str
    reason: str
    until: date

    def covers(self, finding: Finding, image: str, today: date) -> bool:
        """Tell whether it holds for this finding on this day."""
        return (self.id, self.image, self.package) == (finding.id, image, finding.package) and today <= self.until


@dataclass(frozen=True)
class Verdict:
    """What came of a scan: what stops the image, what an exemption lets through, and how many there are in all."""

    blocking: tuple[Finding, ...]
    exempted: tuple[tuple[Finding, Exemption], ...]
    unneeded: tuple[Exemption, ...]
    total: int


def scan(sbom: Path) -> list[Finding]:
    """Return what grype knows about the packages of an SPDX document.

    Raises SptFlowError where its database cannot be had: without it nothing would be found in anything.
    """
    grype = image_tool("grype", {"GRYPE_CHECK_FOR_APP_UPDATE": "false", "NO_COLOR": "1"})
    try:
        done = grype.run(f"sbom:{sbom}", "--output", "json", timeout=_SECONDS)
    except CommandFailedError as failure:
        words = " ".join(_COLOUR.sub("", failure.stderr).split())
        if _DATABASE.search(words):
            raise SptFlowError(
                f"Nothing was judged: grype cannot fetch its database of vulnerabilities ({words[-200:]}).",
                next_command="run it where grype's database can be reached, or fill grype's cache: grype db import",
            ) from None
        raise SptFlowError(f"grype cannot read {sbom}: {words[-300:] or 'it gives no reason'}.") from None
    return findings_of(json.loads(done.stdout))


def findings_of(report: Mapping[str, Any]) -> list[Finding]:
    """Return the findings of grype's JSON, the worst first, each once."""
    found = set()
    for match in report.get("matches", []):
        vulnerability, artifact = match["vulnerability"], match["artifact"]
        fix = vulnerability.get("fix") or {}
        fixes = tuple(map(str, fix.get("versions") or ())) if fix.get("state") == _FIXED else ()
        found.add(
            Finding(
                str(vulnerability.get("severity", "Unknown")),
                str(vulnerability["id"]),
                str(artifact["name"]),
                str(artifact["version"]),
                # A fix without a version is one all the same.
                fixes or (("unnamed",) if fix.get("state") == _FIXED else ()),
            )
        )
    return sorted(found, key=lambda finding: (not finding.is_blocking, finding))


def judge(findings: Sequence[Finding], exemptions: Iterable[Exemption], image: str, today: date) -> Verdict:
    """Return what of the findings stops the image on this day, and which of its exemptions cover nothing any more."""
    own = [exemption for exemption in exemptions if exemption.image == image]
    blocking, exempted = [], []
    for finding in findings:
        if not finding.is_blocking:
            continue
        covering = next((exemption for exemption in own if exemption.covers(finding, image, today)), None)
        if covering is None:
            blocking.append(finding)
        else:
            exempted.append((finding, covering))
    used = {exemption for _, exemption in exempted}
    unneeded = tuple(exemption for exemption in own if exemption not in used)
    return Verdict(tuple(blocking), tuple(exempted), unneeded, len(findings))


def read_exemptions(path: Path, images: Sequence[str]) -> list[Exemption]:
    """Return the entries of images/scan-exemptions.yaml; raise UsageError for one that is not whole."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        listed = content["exemptions"]
    except (OSError, yaml.YAMLError, KeyError, TypeError):
        raise UsageError(f"{path.name} cannot be read: a mapping with the list 'exemptions' is expected.") from None
    found = []
    for number, entry in enumerate(listed or [], start=1):
        if not isinstance(entry, dict) or set(entry) != _KEYS or not isinstance(entry["until"], date):
            raise UsageError(f"Entry {number} of {path.name} needs {', '.join(sorted(_KEYS))}; until is a day.")
        if not _ID.fullmatch(str(entry["id"])) or entry["image"] not in images or not str(entry["reason"]).strip():
            raise UsageError(f"Entry {number} of {path.name} has no known id, image ({', '.join(images)}) or reason.")
        found.append(
            Exemption(
                id=str(entry["id"]),
                image=str(entry["image"]),
                package=str(entry["package"]),
                reason=str(entry["reason"]),
                until=entry["until"],
            )
        )
    return found
