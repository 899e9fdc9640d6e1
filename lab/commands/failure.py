"""How a failure is shown: the sentence on stderr, then the next command."""

__all__ = ["show_failure"]

from rich.console import Console
from rich.text import Text

from core.errors import SptFlowError


def show_failure(error: SptFlowError) -> None:
    """Print the error to stderr, wrapped nowhere, so that it can be copied and searched for."""
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    console.print(Text("Error: ", style="bold red") + Text(error.message))
    if error.next_command:
        console.print(Text("Next:  ", style="bold") + Text(error.next_command))
