"""`sptcoder ssh`: a shell in a workspace, or one command there."""

__all__ = ["register"]

from typing import Annotated

import typer

from sptcoder.cli.options import ContextOption, WorkspaceArgument
from sptcoder.cli.terminal import is_interactive, say

_HELP = "Open a shell in a workspace, or run one command there, as the user coder."
_EPILOG = """\b
Examples:
  sptcoder ssh repo                        a shell; the keys of your SSH agent can be used in it
  sptcoder ssh repo -- make test           one command, in the repository's folder; its exit code is ours
  sptcoder ssh repo -- 'make && ls *.o'    one word is read by the shell there, several are passed as they are
  sptcoder ssh repo -- tar xf - < a.tar    stdin, stdout and stderr pass unchanged
  sptcoder ssh repo -t -- top              with a terminal
  sptcoder ssh repo --forward-gpg          sign with your own GPG keys
  sptcoder ssh repo --lend-git-credentials git push with what 'gh auth token' or git's helper knows here

\b
Keys and credentials stay on this machine, or in the workspace's memory for as long as this runs. Of the exit codes,
255 may also mean that the connection failed.
"""

CommandArgument = Annotated[
    list[str] | None, typer.Argument(metavar="-- COMMAND", help="What to run instead of a shell.")
]
AgentOption = Annotated[
    bool | None,
    typer.Option(
        "--forward-agent/--no-forward-agent",
        "-A",
        help="Let the workspace use this machine's SSH agent [yes, if one runs and the workspace is yours].",
    ),
]
GpgOption = Annotated[bool, typer.Option("--forward-gpg", "-G", help="Let it use this machine's GPG agent.")]
LendOption = Annotated[
    bool, typer.Option("--lend-git-credentials", help="Let it use this machine's git credentials, in memory only.")
]
LendForOption = Annotated[
    list[str] | None,
    typer.Option("--lend-for", metavar="HOST", help="Lend git credentials for this host, not only the repository's."),
]
TerminalOption = Annotated[bool, typer.Option("--tty", "-t", help="Give the command a terminal.")]
DirectoryOption = Annotated[
    str | None,
    typer.Option("--directory", "-C", metavar="PATH", help="Folder for the command [that of the first repository]."),
]
StdioOption = Annotated[bool, typer.Option("--stdio", hidden=True)]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("ssh", help=_HELP, epilog=_EPILOG)(ssh)


def ssh(
    workspace: WorkspaceArgument,
    command: CommandArgument = None,
    *,
    forward_agent: AgentOption = None,
    forward_gpg: GpgOption = False,
    lend_git_credentials: LendOption = False,
    lend_for: LendForOption = None,
    tty: TerminalOption = False,
    directory: DirectoryOption = None,
    stdio: StdioOption = False,
    context: ContextOption = None,
) -> int:
    """Connect, and end with what the other side ended with."""
    if is_interactive() and not stdio:
        say(f"Connecting to {workspace}.", "dim")
    from sptcoder.connection.shell import Wanted, run_shell, run_stdio
    from sptcoder.session import open_session

    with open_session(context) as session:
        if stdio:
            return run_stdio(session, workspace)
        wanted = Wanted(
            command=tuple(command or ()),
            folder=directory,
            terminal=tty,
            agent=forward_agent,
            gpg=forward_gpg,
            git_credentials=lend_git_credentials,
            git_hosts=tuple(lend_for or ()),
        )
        return run_shell(session, workspace, wanted, say)
