"""`make ci-image-scan`: known vulnerabilities of what an image's list names."""

__all__ = ["register"]

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from ci.commands.options import ImageOption
from ci.image_build import IMAGES
from ci.image_scan import Verdict, judge, read_exemptions, scan
from ci.markdown import code, prose, table
from ci.stack_name import PROJECT_ROOT
from core.errors import SptFlowError

_EXEMPTIONS: Final = PROJECT_ROOT / "images" / "scan-exemptions.yaml"
_HELP = """Look for known vulnerabilities; exit 1 for a critical one that a newer package mends.

images/scan-exemptions.yaml lets single ones through, with a reason and up to a day. MARKDOWN=file gets the report.
Example: make ci-image-scan IMAGE=workspace SBOM=sbom.spdx.json
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("image-scan", help=_HELP)(command)


def command(
    image: ImageOption,
    sbom: Annotated[Path, typer.Option("--sbom", envvar="SBOM", help="The list.")] = Path("sbom.spdx.json"),
    markdown: Annotated[str, typer.Option("--markdown", envvar="MARKDOWN", help="Where the report goes.")] = "",
) -> None:
    """Judge the list."""
    exemptions = read_exemptions(_EXEMPTIONS, IMAGES)
    verdict = judge(scan(sbom), exemptions, image, datetime.now(tz=UTC).date())
    report = scan_report(image, verdict)
    typer.echo(report, nl=False)
    if markdown:
        with Path(markdown).open("a", encoding="utf-8") as file:
            file.write(report)
    if verdict.blocking:
        named = ", ".join(f"{finding.id} in {finding.package}" for finding in verdict.blocking[:5])
        raise SptFlowError(
            f"The image {image} has {len(verdict.blocking)} critical vulnerabilities with a fix: {named}.",
            next_command=f"take the fixed versions, or add an exemption with a day to {os.path.relpath(_EXEMPTIONS)}",
        )


def scan_report(image: str, verdict: Verdict) -> str:
    """Return the verdict as Markdown."""
    rows = [
        (code(finding.id), code(finding.package), code(finding.version), code(", ".join(finding.fixes)), "stops")
        for finding in verdict.blocking
    ]
    rows += [
        (
            code(finding.id),
            code(finding.package),
            code(finding.version),
            code(", ".join(finding.fixes)),
            f"let through until {exemption.until}: {prose(exemption.reason)}",
        )
        for finding, exemption in verdict.exempted
    ]
    lines = [f"## Vulnerabilities of {code(image)}", ""]
    lines.append(f"{verdict.total} known in all; {len(rows)} critical with a fix.")
    if rows:
        lines += ["", *table(("id", "package", "version", "fixed in", ""), rows)]
    lines += [f"\nThe exemption for {code(one.id)} is not needed any more, or is over." for one in verdict.unneeded]
    return "\n".join(lines) + "\n"
