"""`sptcoder context`: the servers the user is signed in to."""

__all__ = ["register"]

from typing import Annotated, Any

import typer

from sptcoder.cli.options import JsonOption, YesOption
from sptcoder.cli.terminal import write_json, write_line

_EPILOG = """\b
Examples:
  sptcoder context list
  sptcoder context use coder.example.com
  sptcoder context show --json
  sptcoder context remove coder.example.com --yes

A context is a server and your token for it; 'sptcoder init' makes one. Each command takes --context NAME to use
another one than the current. CODER_URL and CODER_SESSION_TOKEN in the environment come before the current one.
"""

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="Name of the context.")]
OptionalName = Annotated[
    str | None, typer.Argument(metavar="[NAME]", help="Name of the context; default: the current.")
]


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    group = typer.Typer(
        help="List the servers you are signed in to, choose or forget one.", epilog=_EPILOG, no_args_is_help=True
    )
    group.command("list", help="List the contexts; a star marks the current one.")(list_contexts)
    group.command("use", help="Make a context the current one.")(use)
    group.command("show", help="Show a context, without its token.")(show)
    group.command("remove", help="Forget a context and its token (asks). The server keeps the token.")(remove)
    app.add_typer(group, name="context")


def list_contexts(*, as_json: JsonOption = False) -> None:
    """Print a line per context."""
    from sptcoder.cli.correlation import correlation_id
    from sptcoder.config import read_document

    document = read_document()
    if as_json:
        rows = [_shown(context, document.current) for context in document.contexts]
        write_json({"contexts": rows, "correlation_id": correlation_id()})
        return
    width = max((len(context.name) for context in document.contexts), default=0)
    for context in document.contexts:
        mark = "*" if context.name == document.current else " "
        write_line(f"{mark} {context.name:<{width}}  {context.url}")
    if not document.contexts:
        from sptcoder.cli.terminal import say

        say("You are not signed in anywhere yet. Next: sptcoder init")


def use(name: NameArgument) -> None:
    """Save another current context."""
    from sptcoder.config import edit_document

    document = edit_document(lambda before: before.using(name))
    write_line(f"Commands now talk to {document.find(name).url} (context '{name}').")


def show(name: OptionalName = None, *, as_json: JsonOption = False) -> None:
    """Print a context's fields; the token is only said to be there."""
    from sptcoder.cli.correlation import correlation_id
    from sptcoder.config import active_context, config_path

    context = active_context(name)
    shown = {**_shown(context, context.name if name is None else ""), "path": str(config_path())}
    if as_json:
        write_json({**shown, "correlation_id": correlation_id()})
        return
    for key in ("name", "url", "git_host", "path"):
        write_line(f"{key.replace('_', ' '):<9} {shown[key]}")


def remove(name: NameArgument, *, yes: YesOption = False) -> None:
    """Take a context out of the configuration."""
    from sptcoder.cli.prompt import confirm
    from sptcoder.config import edit_document, read_document

    url = read_document().find(name).url
    if not yes and not confirm(f"Forget {url} (context '{name}')?", instead=f"sptcoder context remove {name} --yes"):
        write_line("Nothing was changed.")
        return
    edit_document(lambda before: before.without(name))
    write_line(f"Forgot {url} (context '{name}'); the server still knows the token: revoke it at {url}/settings/tokens")


def _shown(context: Any, current: str) -> dict[str, Any]:  # noqa: ANN401 - its class is imported when a command runs
    return {
        "name": context.name,
        "url": context.url,
        "git_host": context.git_host,
        "current": context.name == current,
    }
