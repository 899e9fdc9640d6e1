"""Where a message goes: into the form of a new issue, or, without a network, into a file."""

__all__ = ["DEFAULT_PAGE", "PAGE_VARIABLE", "feedback_page", "is_reachable", "save_message"]

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from core.errors import SptFlowError, UsageError
from core.lean_httpx import spare_command_line
from sptcoder.config import read_document
from sptcoder.feedback.message import Message
from sptcoder.places import state_folder

spare_command_line()  # before httpx

import httpx  # noqa: E402 - see the line above

DEFAULT_PAGE: Final = "https://github.com/spt-flow/spt-flow/issues/new"
"""GitHub's form of a new issue, which takes `title` and `body` from its address."""

PAGE_VARIABLE: Final = "SPT_FLOW_FEEDBACK_URL"
"""Environment variable with another page that does."""

_SECONDS: Final = 5.0
_OWNER_ONLY: Final = 0o600


def feedback_page(environment: Mapping[str, str] = os.environ) -> str:
    """Return the page: the environment's, the configuration's, or the default. Raises UsageError for no web page."""
    page = environment.get(PAGE_VARIABLE) or read_document(environment).feedback_url or DEFAULT_PAGE
    parts = urlsplit(page)
    if parts.scheme not in {"http", "https"} or not parts.netloc or "@" in parts.netloc:
        raise UsageError(
            f"The page for feedback, {parts.scheme or page[:40]!r}, is no web page; expected is http(s)://host/path.",
            next_command=f"set {PAGE_VARIABLE}, or feedback_url in the configuration, to the form of a new issue",
        )
    return page


def is_reachable(page: str) -> bool:
    """Say whether anything answers for the page, whatever it says."""
    try:
        httpx.head(page, timeout=_SECONDS, follow_redirects=False)
    except httpx.HTTPError:
        return False
    return True


def save_message(message: Message, environment: Mapping[str, str] = os.environ) -> Path:
    """Write the message to a new file of the user's and return its path."""
    folder = state_folder(environment) / "feedback"
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    path = folder / f"feedback-{stamp}.md"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.touch(mode=_OWNER_ONLY, exist_ok=False)
        path.write_text(message.as_text(), encoding="utf-8")
    except OSError as error:
        raise SptFlowError(f"The feedback cannot be saved to {path}: {error.strerror or error}.") from None
    return path
