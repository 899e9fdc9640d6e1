"""`sptcoder template list` and `sptcoder template push`."""

__all__ = ["register"]

from typing import Annotated

import typer

from sptcoder.cli.correlation import correlation_id
from sptcoder.cli.options import ContextOption, JsonOption
from sptcoder.cli.terminal import say, write_json, write_line

_HELP = "List the server's templates, or push one."
_LIST_HELP = "List the server's templates: active version, users, when their workspaces stop."
_LIST_EXAMPLES = """\b
Examples:
  sptcoder template list
  sptcoder template list --json | jq -r '.templates[].name'
"""
_PUSH_HELP = """Push a template: one that comes with this program, by its name, or a folder with Terraform files.

A workspace is started from the new version first; only if it gets ready does the version become the active one. Running
workspaces stay as they are and show 'Update available'. Nothing is changed if the content is there already.

On a template that exists, settings stay as they are, and so do variables that are not given. What the platform's
program deploys, its next 'pulumi up' sets again.
"""
_PUSH_EXAMPLES = """\b
Examples:
  sptcoder template push spt-flow
  sptcoder template push ./my-template --name experiment --var namespace=coder-workspace
  TF_VAR_token=... sptcoder template push ./my-template --var-env token
"""
_VARIABLE_PREFIX = "TF_VAR_"


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
    group.command("list", help=_LIST_HELP, epilog=_LIST_EXAMPLES)(list_command)
    group.command("push", help=_PUSH_HELP, epilog=_PUSH_EXAMPLES)(push_command)
    app.add_typer(group, name="template", help=_HELP)


def list_command(context: ContextOption = None, *, as_json: JsonOption = False) -> None:
    """Print the templates; `--json` has them under `templates`."""
    import sys

    from sptcoder.session import open_session
    from sptcoder.templates.listing import list_templates, missing_templates, template_lines

    with open_session(context) as session:
        rows = list_templates(session.client)
    missing = missing_templates(rows)
    if as_json:
        templates = [row.as_json() for row in rows]
        write_json({"templates": templates, "not_pushed": list(missing), "correlation_id": correlation_id()})
        return
    if rows:
        write_line("\n".join(template_lines(rows, sys.stdout)))
    for name in missing:
        say(f"Not on this server: {name}, which comes with this program (sptcoder template push {name}).")


def push_command(
    source: Annotated[str, typer.Argument(metavar="NAME|FOLDER", help="A template of this program, or a folder.")],
    context: ContextOption = None,
    *,
    name: Annotated[str | None, typer.Option("--name", help="Its name on the server, if another.")] = None,
    variables: Annotated[
        list[str] | None,
        typer.Option("--var", metavar="NAME=VALUE", help="A Terraform variable; can be given again. No secrets."),
    ] = None,
    secret_variables: Annotated[
        list[str] | None,
        typer.Option("--var-env", metavar="NAME", help="A variable whose value is in the environment, as TF_VAR_NAME."),
    ] = None,
    smoke: Annotated[bool, typer.Option("--smoke/--no-smoke", help="Start a workspace from it first.")] = True,
    parameters: Annotated[
        list[str] | None,
        typer.Option("--param", metavar="NAME=VALUE", help="A parameter of that workspace; can be given again."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Push a template and tell what stands on the server then."""
    from sptcoder.cli.assignment import parse_assignments
    from sptcoder.cli.phases import Phases
    from sptcoder.session import open_session
    from sptcoder.templates.cli_push import push_for_user
    from sptcoder.templates.push_plan import plan_push
    from sptcoder.templates.request import SmokeSettings

    given = {**parse_assignments(variables, "--var"), **_from_environment(secret_variables or ())}
    trial = SmokeSettings(enabled=smoke, parameters=parse_assignments(parameters, "--param"))
    with open_session(context) as session:
        request = plan_push(session.client, source, name=name, variables=given, smoke=trial)
        result = push_for_user(session.client, request, Phases())
    if as_json:
        write_json({"template": result.model_dump(), "correlation_id": correlation_id()})
        return
    new = "is active now" if result.new_version else "was active already"
    write_line(f"The version {result.version_name} of the template '{result.template_name}' {new}.")


def _from_environment(names: "list[str] | tuple[()]") -> dict[str, str]:
    import os

    from core.errors import UsageError

    missing = [name for name in names if _VARIABLE_PREFIX + name not in os.environ]
    if missing:
        raise UsageError(
            f"--var-env {missing[0]} needs the value in the environment variable {_VARIABLE_PREFIX}{missing[0]}."
        )
    return {name: os.environ[_VARIABLE_PREFIX + name] for name in names}
