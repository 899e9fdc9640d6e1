"""Which vulnerabilities stop an image, what an exemption lets through; a missing database is no clean bill."""

import datetime as dt
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from ci.commands.image_scan import command, scan_report
from ci.image_build import IMAGES
from ci.image_scan import Exemption, Finding, findings_of, judge, read_exemptions, scan
from core.errors import SptFlowError, UsageError

ROOT = Path(__file__).parents[3]
TODAY = dt.date(2026, 11, 21)


def match(severity: str = "Critical", state: str = "fixed", name: str = "openssl") -> dict[str, Any]:
    return {
        "vulnerability": {
            "id": "CVE-2026-1",
            "severity": severity,
            "fix": {"state": state, "versions": ["2.0"] if state == "fixed" else []},
        },
        "artifact": {"name": name, "version": "1.0"},
    }


def exemption(until: dt.date = TODAY, image: str = "workspace", package: str = "openssl") -> Exemption:
    return Exemption("CVE-2026-1", image, package, "never listens", until)


@pytest.mark.parametrize(
    ("found", "blocking"),
    [
        (match(), True),
        (match(severity="High"), False),
        (match(state="not-fixed"), False),
        (match(state="wont-fix"), False),
        (match(state="unknown"), False),
    ],
)
def test_only_what_is_critical_and_can_be_mended_stops_an_image(found: dict[str, Any], *, blocking: bool) -> None:
    (finding,) = findings_of({"matches": [found]})
    assert finding.is_blocking is blocking
    verdict = judge([finding], [], "workspace", TODAY)
    assert bool(verdict.blocking) is blocking
    assert verdict.total == 1


def test_a_fix_without_a_version_is_a_fix() -> None:
    found = match()
    found["vulnerability"]["fix"]["versions"] = None
    assert findings_of({"matches": [found]})[0].is_blocking


def test_one_vulnerability_of_one_package_counts_once_and_the_worst_come_first() -> None:
    found = findings_of({"matches": [match(severity="Low", name="zlib"), match(), match()]})
    assert [finding.package for finding in found] == ["openssl", "zlib"]


@pytest.mark.parametrize(
    ("given", "let_through"),
    [
        (exemption(), True),
        (exemption(until=TODAY - dt.timedelta(days=1)), False),
        (exemption(image="platform-tools"), False),
        (exemption(package="zlib"), False),
    ],
)
def test_an_exemption_holds_for_its_image_and_package_up_to_its_day(given: Exemption, *, let_through: bool) -> None:
    verdict = judge(findings_of({"matches": [match()]}), [given], "workspace", TODAY)
    assert bool(verdict.exempted) is let_through
    assert bool(verdict.blocking) is not let_through


def test_an_exemption_that_covers_nothing_is_said() -> None:
    verdict = judge([], [exemption(), exemption(image="platform-tools")], "workspace", TODAY)
    assert [one.image for one in verdict.unneeded] == ["workspace"]
    assert "is not needed any more" in scan_report("workspace", verdict)


def test_the_report_holds_no_markup_of_others() -> None:
    finding = Finding("Critical", "CVE-2026-1", "a|b`c", "1", ("<img>",))
    report = scan_report("workspace", judge([finding], [], "workspace", TODAY))
    assert "a\\|b" in report
    assert report.count("\n|") == 3


def test_the_file_of_exemptions_is_whole() -> None:
    read_exemptions(ROOT / "images" / "scan-exemptions.yaml", IMAGES)


WHOLE = "{id: CVE-2026-1, image: workspace, package: zlib, reason: why, until: 2026-12-31}"


def test_an_entry_is_read(tmp_path: Path) -> None:
    (tmp_path / "e.yaml").write_text(f"exemptions: [{WHOLE}]")
    (found,) = read_exemptions(tmp_path / "e.yaml", IMAGES)
    assert found == Exemption("CVE-2026-1", "workspace", "zlib", "why", dt.date(2026, 12, 31))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- a", "a mapping with the list"),
        ("exemptions: [a]", "Entry 1 of e.yaml needs"),
        (f"exemptions: [{WHOLE.replace('reason: why, ', '')}]", "Entry 1 of e.yaml needs"),
        (f"exemptions: [{WHOLE.replace('2026-12-31', 'never')}]", "until is a day"),
        (f"exemptions: [{WHOLE.replace('workspace', 'other')}]", "no known id, image"),
        (f"exemptions: [{WHOLE.replace('why', '')!r}]", "Entry 1"),
        (f"exemptions: [{WHOLE.replace('CVE-2026-1', 'x')}]", "no known id"),
    ],
)
def test_an_entry_that_is_not_whole_is_refused(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "e.yaml").write_text(text)
    with pytest.raises(UsageError, match=words):
        read_exemptions(tmp_path / "e.yaml", IMAGES)


@pytest.fixture
def grype(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a grype where the tools are, to be written by the test."""
    folder = tmp_path / "spt-flow" / "bin"
    folder.mkdir(parents=True)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    program = folder / "grype"
    program.touch()
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program


def test_without_a_database_nothing_was_judged(grype: Path, tmp_path: Path) -> None:
    grype.write_text(
        "#!/bin/sh\nprintf '\\033[31mfailed to load vulnerability db: does not exist\\033[0m' >&2\nexit 1\n"
    )
    with pytest.raises(SptFlowError, match="Nothing was judged"):
        scan(tmp_path / "sbom.json")


def test_a_list_that_cannot_be_read_is_another_failure(grype: Path, tmp_path: Path) -> None:
    grype.write_text("#!/bin/sh\necho 'no such file' >&2\nexit 1\n")
    with pytest.raises(SptFlowError, match=r"grype cannot read .*sbom.json: no such file"):
        scan(tmp_path / "sbom.json")


def test_a_program_that_is_not_built_is_named_with_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", os.defpath)
    with pytest.raises(SptFlowError, match="make image-tools"):
        scan(tmp_path / "sbom.json")


def test_the_command_fails_and_writes_its_report(
    grype: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("ci.image_scan.json.loads", lambda _: {"matches": [match()]})
    grype.write_text("#!/bin/sh\n")
    with pytest.raises(SptFlowError, match="1 critical vulnerabilities with a fix: CVE-2026-1 in openssl"):
        command("workspace", tmp_path / "sbom.json", str(tmp_path / "report.md"))
    assert (tmp_path / "report.md").read_text() == capsys.readouterr().out
