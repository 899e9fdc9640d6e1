"""`sptcoder up`: from a repository to a workspace that is ready."""

__all__ = ["register"]

from typing import Annotated

import typer

from sptcoder.cli.options import ContextOption, JsonOption
from sptcoder.cli.terminal import is_interactive, say

_HELP = (
    "Create or start the workspace of a repository, and wait until it is ready. Called again, it finds the same "
    "workspace. Prints the address of VS Code in the browser."
)
_EXAMPLES = """\b
Examples:
  sptcoder up https://github.com/my/repo
  sptcoder up my/repo --branch feature/login --open
  sptcoder up .                                 the repository this folder is a checkout of
  sptcoder up my/app my/library                 two repositories side by side
  sptcoder up my/repo --preset large --param disk=40
  sptcoder up my/repo --dotfiles https://github.com/me/dotfiles
  sptcoder up my/repo --ttl 30m --json          for a pipeline: deleted after 30 minutes, whatever happens
"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("up", help=_HELP, epilog=_EXAMPLES)(up_command)


def up_command(
    repositories: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="REPOSITORY",
            help="Address, OWNER/REPO, or a folder (its origin is cloned); the folder you are in if left out. "
            "Further ones are cloned beside the first.",
        ),
    ] = None,
    *,
    branch: Annotated[str | None, typer.Option("--branch", "-b", help="Branch of the first repository.")] = None,
    name: Annotated[str | None, typer.Option("--name", help="Name of the workspace, instead of one made up.")] = None,
    template: Annotated[str | None, typer.Option("--template", "-t", help="Template; spt-flow if left out.")] = None,
    preset: Annotated[str | None, typer.Option("--preset", help="Preset of the template, such as small.")] = None,
    param: Annotated[
        list[str] | None, typer.Option("--param", metavar="NAME=VALUE", help="A parameter; may be repeated.")
    ] = None,
    ttl: Annotated[
        str | None, typer.Option("--ttl", metavar="TIME", help="For pipelines: delete it after this time, like 30m.")
    ] = None,
    dotfiles: Annotated[
        str | None, typer.Option("--dotfiles", metavar="REPOSITORY", help="Repository with your shell's settings.")
    ] = None,
    open_: Annotated[bool, typer.Option("--open", help="Open VS Code in the browser.")] = False,
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Wait until it is ready.")] = True,
    check: Annotated[
        bool, typer.Option("--check/--no-check", help="Look first whether the repository can be read.")
    ] = True,
    lend: Annotated[
        bool,
        typer.Option("--lend-git-credentials", help="Lend your own login for the clone, in memory, until it is done."),
    ] = False,
    context: ContextOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring the workspace up, and print where its editor is."""
    import sys

    from sptcoder.workspaces.up_words import UpWords

    words = UpWords(
        tuple(repositories or ()), branch, name, template, preset, tuple(param or ()), ttl, dotfiles, wait, check, lend
    )
    words.check()
    # Heavy imports come after this line: it is what answers the user's key press.
    say("Repository: " + ", ".join(repositories or ["."]))

    from sptcoder.workspaces.up_run import run_up

    run_up(words, context=context, opens=open_, as_json=as_json, is_interactive=is_interactive(), argv=sys.argv[1:])
