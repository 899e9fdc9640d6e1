"""One piece of feedback, from the question to the browser."""

__all__ = ["send_feedback"]

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import SptFlowError
from sptcoder.cli.browser import open_browser
from sptcoder.cli.correlation import correlation_id
from sptcoder.cli.prompt import ask, confirm
from sptcoder.cli.terminal import is_interactive, say, write_json, write_line
from sptcoder.config import NoContextError, active_context, read_document
from sptcoder.feedback.delivery import feedback_page, is_reachable, save_message
from sptcoder.feedback.message import Message, compose
from sptcoder.session.sign_in import check_server


@dataclass(frozen=True)
class _Delivered:
    """Where the message is now: in an address to open, or in a file."""

    address: str | None = None
    path: Path | None = None


def send_feedback(text: str | None, *, context: str | None, yes: bool, as_json: bool) -> None:
    """Ask for words where none are given, show what would be sent, and send it if that is wanted.

    "Sent" is a form filled in the user's browser: it goes out when the user presses its button, under their own name.
    """
    page = feedback_page()
    said = (text or "").strip() or ask(
        "What is missing, or wrong?", instead="sptcoder feedback 'what is missing, or wrong'"
    )
    message = compose(said, server=_server_version(context), secrets=_secrets())
    asks = is_interactive() and not as_json
    say("This is what is sent, and nothing else:", "bold")
    say(message.as_text())
    if asks and not yes and not confirm(f"Open {page} with it?", instead="sptcoder feedback --yes TEXT"):
        say("Nothing was sent.")
        return
    _tell(_deliver(message, page, opens=asks), message, page, as_json=as_json)


def _deliver(message: Message, page: str, *, opens: bool) -> _Delivered:
    address = message.address(page)
    if address is None or not is_reachable(page):
        return _Delivered(path=save_message(message))
    if opens and open_browser(address):
        say("Your browser has it: look at it and submit it there.")
    return _Delivered(address=address)


def _tell(delivered: _Delivered, message: Message, page: str, *, as_json: bool) -> None:
    if delivered.path is not None:
        say(f"{page} cannot be opened with it from here; the text was saved. Paste it there when you can.")
    if as_json:
        result: dict[str, Any] = {"url": delivered.address, "saved": delivered.path, "page": page}
        write_json({**result, "title": message.title, "body": message.body, "correlation_id": correlation_id()})
    else:
        write_line(str(delivered.path or delivered.address))


def _server_version(context: str | None) -> str | None:
    try:
        return check_server(active_context(context).url)
    except NoContextError:
        return None
    except SptFlowError:
        if context is not None:
            active_context(context)  # a name that does not exist is to be said
        return "does not answer"


def _secrets() -> list[str]:
    tokens = [context.token.get_secret_value() for context in read_document().contexts]
    try:
        return [*tokens, active_context().token.get_secret_value()]
    except SptFlowError:
        return tokens
