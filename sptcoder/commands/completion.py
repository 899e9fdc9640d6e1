"""`sptcoder completion`: the script that makes a shell complete this program's words."""

__all__ = ["register"]

import os
import sys
from typing import Annotated

import typer

from core.errors import UsageError
from sptcoder.completion.scripts import Shell, completion_script

_EPILOG = """\b
Load it, for good in the file your shell reads when it starts:
  bash:        source <(sptcoder completion bash)              ~/.bashrc
  zsh:         source <(sptcoder completion zsh)               ~/.zshrc, after compinit
  fish:        sptcoder completion fish | source               ~/.config/fish/config.fish
  PowerShell:  sptcoder completion powershell | Out-String | Invoke-Expression     $PROFILE

Commands, options, contexts and the names of your workspaces are completed.
"""


ShellArgument = Annotated[Shell | None, typer.Argument(help="The shell; default: the one of $SHELL.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("completion", help="Print the completion script for your shell.", epilog=_EPILOG)(completion)


def completion(shell: ShellArgument = None) -> None:
    """Print the script."""
    sys.stdout.write(completion_script(shell or _own_shell()))


def _own_shell() -> Shell:
    name = os.path.basename(os.environ.get("SHELL", ""))  # noqa: PTH119 - a name to look at, no file
    try:
        return Shell(name)
    except ValueError:
        choices = ", ".join(Shell)
        raise UsageError(
            f"SHELL is '{name}', for which there is no script; there is one for {choices}.",
            next_command="sptcoder completion bash",
        ) from None
