"""`sptcoder feedback`: tell the maintainers what is missing or wrong."""

__all__ = ["register"]

from typing import Annotated

import typer

from sptcoder.cli.options import ContextOption, JsonOption

_EPILOG = """\b
Examples:
  sptcoder feedback                                     asks
  sptcoder feedback 'up should take two repositories'
  sptcoder feedback --json 'the same, for a program'    prints the address, opens nothing

The form of a new issue is opened in your browser, filled in; you send it there, under your own name. Versions and
the operating system are added, which are shown first; no names of hosts, users or files. Without a network the text
is saved to a file. SPT_FLOW_FEEDBACK_URL, or feedback_url in the configuration, is another form's address.
"""

TextArgument = Annotated[str | None, typer.Argument(metavar="[TEXT]", help="What is missing, or wrong.")]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before the browser is opened.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("feedback", help="Tell the maintainers what is missing or wrong.", epilog=_EPILOG)(feedback)


def feedback(
    text: TextArgument = None, *, yes: YesOption = False, context: ContextOption = None, as_json: JsonOption = False
) -> None:
    """Compose, show, deliver."""
    from sptcoder.feedback.sending import send_feedback

    send_feedback(text, context=context, yes=yes, as_json=as_json)
