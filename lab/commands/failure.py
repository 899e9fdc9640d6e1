"""How a failure is shown: the sentence on stderr, then the next command."""

__all__ = ["show_failure", "unexpected"]

from rich.console import Console
from rich.text import Text

from core.errors import SptFlowError

_MOST_CHARACTERS = 300


def show_failure(error: SptFlowError) -> None:
    """Print the error to stderr, wrapped nowhere, so that it can be copied and searched for."""
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    console.print(Text("Error: ", style="bold red") + Text(error.message))
    if error.next_command:
        console.print(Text("Next:  ", style="bold") + Text(error.next_command))


def unexpected(error: Exception) -> SptFlowError:
    """Return what to say of an error nobody foresaw: its kind and words, and how to see where it came from."""
    words = " ".join(str(error).split())[:_MOST_CHARACTERS] or "it says nothing more"
    return SptFlowError(
        f"Something went wrong that should not ({type(error).__name__}: {words}).",
        next_command="repeat the command with SPT_FLOW_DEBUG=1 to see where, and report it",
    )
