"""`sptcoder doctor`: check what this program needs, and explain what is wrong."""

__all__ = ["register"]

import sys
from typing import Annotated

import typer

from sptcoder.cli.options import ContextOption, JsonOption
from sptcoder.cli.terminal import is_interactive, say, write_json, write_line

_EPILOG = """\b
Examples:
  sptcoder doctor
  sptcoder doctor --context staging.example.com --json
  sptcoder doctor --explain tls          what a failure means, and what helps
  sptcoder doctor --explain all

Looked at are this program and git, the terminal, the configuration, the server with its certificate and version,
your token, templates, logins for private repositories, the way to workspaces, and each of your workspaces. The exit
code is 1 if something is wrong, 0 if there are only notes. Nothing is changed.
"""

ExplainOption = Annotated[
    str | None, typer.Option("--explain", metavar="FAILURE", help="Explain one kind of failure, or all.")
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    help_text = "Check what this program needs, and say how to mend what is missing."
    app.command("doctor", help=help_text, epilog=_EPILOG)(doctor)


def doctor(*, explain: ExplainOption = None, context: ContextOption = None, as_json: JsonOption = False) -> int:
    """Print the findings; return 1 if one of them is a fault."""
    from sptcoder.cli.correlation import correlation_id
    from sptcoder.doctor.finding import State
    from sptcoder.doctor.report import explanation_lines, finding_lines

    if explain is not None:
        for line in explanation_lines(explain):
            write_line(line)
        return 0
    if is_interactive():
        say("Looking at this machine, the server and your workspaces.", "dim")
    from sptcoder.doctor.examination import examine

    findings = []
    for finding in examine(context):
        findings.append(finding)
        if not as_json:
            for line in finding_lines(finding, sys.stdout):
                write_line(line)
    healthy = all(finding.state is not State.PROBLEM for finding in findings)
    if as_json:
        rows = [finding.as_json() for finding in findings]
        write_json({"healthy": healthy, "findings": rows, "correlation_id": correlation_id()})
    return 0 if healthy else 1
