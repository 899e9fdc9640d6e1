"""`sptcoder ssh-config`: let plain ssh, and editors that use it, reach workspaces."""

__all__ = ["register"]

from pathlib import Path
from typing import Annotated

import typer

from sptcoder.cli.options import ContextOption

_HELP = "Let plain ssh, scp, git and editors that use them reach your workspaces."
_EPILOG = """\b
Examples:
  sptcoder ssh-config              afterwards: ssh repo.spt-flow, scp file repo.spt-flow:, VS Code Remote-SSH
  sptcoder ssh-config --dry-run    shows what would be written
  sptcoder ssh-config --context work --suffix work
                                   ssh repo.work, always of the server 'work'
  sptcoder ssh-config --remove     takes it away

\b
It writes a file of its own beside ~/.ssh/config, and a line there that includes it. No token is in it. A workspace of
somebody else is owner--name.spt-flow.
"""

SuffixOption = Annotated[str, typer.Option("--suffix", metavar="SUFFIX", help="What hosts end with.")]
FileOption = Annotated[
    Path | None, typer.Option("--file", metavar="PATH", help="OpenSSH's configuration [~/.ssh/config].")
]
DryOption = Annotated[bool, typer.Option("--dry-run", "-n", help="Change nothing, print what would be written.")]
RemoveOption = Annotated[bool, typer.Option("--remove", help="Take away what was written.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("ssh-config", help=_HELP, epilog=_EPILOG)(ssh_config)


def ssh_config(
    *,
    suffix: SuffixOption = "spt-flow",
    file: FileOption = None,
    dry_run: DryOption = False,
    remove: RemoveOption = False,
    context: ContextOption = None,
) -> None:
    """Write, or take away."""
    import sys

    from sptcoder.cli.terminal import say, write_line
    from sptcoder.config import active_context
    from sptcoder.connection.own_program import own_words
    from sptcoder.connection.ssh_file import SshFiles, host_section

    files = SshFiles((file or Path.home() / ".ssh" / "config").absolute(), relative=file is None)
    section = host_section(own_words(), suffix, context=context, windows=sys.platform == "win32")
    if remove:
        gone = files.remove(suffix)
        say(f"{files.own(suffix)} is taken away." if gone else f"There is no {files.own(suffix)}; nothing to do.")
        return
    active_context(context)  # one that is not there is said now, and not by ssh later
    if dry_run:
        write_line(f"# {files.main}, at its top:\n{files.include}\n\n# {files.own(suffix)}:\n{section.rstrip()}")
        return
    if files.add(suffix, section):
        say(f"{files.main} includes {files.own(suffix).parent}/*.conf now.")
    say(f"Workspaces are reached as NAME.{suffix}: ssh NAME.{suffix}")
    write_line(str(files.own(suffix)))
