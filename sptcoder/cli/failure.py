"""How a failure is shown: one sentence on stderr, then the next command; with --json an object on stdout too."""

__all__ = ["show_failure", "unexpected"]

import sys
from typing import Final

from core.errors import SptFlowError
from sptcoder.cli.correlation import correlation_id
from sptcoder.cli.terminal import say, styled, write_json

_MOST_CHARACTERS: Final = 300


def show_failure(error: SptFlowError, *, as_json: bool = False) -> None:
    """Print the error, wrapped nowhere, so that it can be copied and searched for."""
    say(f"{styled('Error:', 'bold red', sys.stderr)} {error.message}")
    if error.next_command:
        say(f"{styled('Next: ', 'bold', sys.stderr)} {error.next_command}")
    if as_json:
        said = {"message": error.message, "next": error.next_command, "exit_code": error.exit_code}
        write_json({"error": said, "correlation_id": correlation_id()})


def unexpected(error: Exception) -> SptFlowError:
    """Return what to say of an error nobody foresaw: its kind and words, and how to see where it came from."""
    words = " ".join(str(error).split())[:_MOST_CHARACTERS] or "it says nothing more"
    return SptFlowError(
        f"Something went wrong that should not ({type(error).__name__}: {words}; correlation id {correlation_id()}).",
        next_command="repeat the command with SPT_FLOW_DEBUG=1 to see where, and report it with sptcoder feedback",
    )
