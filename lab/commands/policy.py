"""`make policy`: every stack, or files, judged by the policy pack without a cluster and without credentials."""

__all__ = ["register"]

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console

from core.errors import UsageError
from lab.deploy.engine import scrub_environment
from lab.deploy.stack_file import known_stacks, load_stack_file
from lab.policy_check.check import Check
from lab.policy_check.file_check import check_files
from lab.policy_check.json_report import json_report
from lab.policy_check.markdown import markdown_report
from lab.policy_check.sarif import sarif_report
from lab.policy_check.tables import print_checks
from lab.policy_check.workers import check_stacks
from lab.progress import SilentProgress
from lab.toolchain import ensure_deploy_tools

_STDIN: Final = "-"
_LOG_WIDTH: Final = 160
_STACK_HELP: Final = "A stack to check, or the one whose rules judge the files; again for more. Default: all, or dev."
_FILE_HELP: Final = "A file to judge instead of stacks: rendered YAML, `pulumi preview --json`, `pulumi stack export`."


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("policy", help="Judge stacks, or files, by the policies; needs no cluster and no credentials.")(policy)


def policy(
    stack: Annotated[list[str] | None, typer.Option("--stack", "-s", help=_STACK_HELP)] = None,
    file: Annotated[list[str] | None, typer.Option("--file", "-f", help=_FILE_HELP)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document instead of tables.")] = False,  # noqa: FBT002 - a flag
    sarif: Annotated[Path | None, typer.Option(help="Write a SARIF 2.1.0 log to this file, too.")] = None,
    markdown: Annotated[Path | None, typer.Option(help="Write a Markdown report to this file, too.")] = None,
) -> None:
    """Exit with 1 on a mandatory violation, or an undecidable check where the stack says so; with 2 on misuse."""
    scrub_environment()
    today = dt.datetime.now(dt.UTC).date()
    checks = _checked_files(file, stack or [], today) if file else _checked_stacks(stack or [], today)
    if sarif is not None:
        _write(sarif, _json(sarif_report(checks)))
    if markdown is not None:
        _write(markdown, markdown_report(checks))
    if as_json:
        typer.echo(_json(json_report(checks)), nl=False)
    else:
        print_checks(checks, _console())
    code = max(check.exit_code for check in checks)
    if code:
        raise typer.Exit(code)


def _checked_stacks(names: Sequence[str], today: dt.date) -> list[Check]:
    stacks = [load_stack_file(name) for name in dict.fromkeys(names or known_stacks())]
    return check_stacks(stacks, ensure_deploy_tools(SilentProgress()).bin, today)


def _checked_files(files: Sequence[str], stacks: Sequence[str], today: dt.date) -> list[Check]:
    if len(set(stacks)) > 1:
        raise UsageError(f"Files are judged by the rules of one stack, not of {len(set(stacks))}.")
    if files.count(_STDIN) > 1:
        raise UsageError("Standard input can be read once only, and it is named more often.")
    return [check_files(files, load_stack_file(stacks[0] if stacks else "dev"), today)]


def _console() -> Console:
    console = Console(highlight=False)
    # A log has no width of its own; a table in it should not be folded to that of an old terminal.
    return console if console.is_terminal else Console(highlight=False, width=_LOG_WIDTH)


def _json(document: Mapping[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"The report cannot be written to {path}: {error.strerror}.") from None
