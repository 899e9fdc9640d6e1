"""What is sent: the user's words, and of the machine only what tells versions apart."""

__all__ = ["Message", "compose"]

import platform
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from sptcoder.version import version_line

_LONGEST_TITLE: Final = 72
_LONGEST_ADDRESS: Final = 7000
"""What browsers and GitHub take for sure."""


@dataclass(frozen=True)
class Message:
    """Title and body of an issue, in Markdown."""

    title: str
    body: str

    def address(self, page: str) -> str | None:
        """Return the address that opens `page` with the message in its form; None if it would be too long."""
        filled = f"{page}{'&' if '?' in page else '?'}{urlencode({'title': self.title, 'body': self.body})}"
        return filled if len(filled) <= _LONGEST_ADDRESS else None

    def as_text(self) -> str:
        """Return the message as it is shown and saved."""
        return f"# {self.title}\n\n{self.body}"


def compose(text: str, *, server: str | None, secrets: Iterable[str]) -> Message:
    """Return the message of the user's words; `server` is the version of Coder, None if it was not asked.

    Each of `secrets` is taken out of the words. Host names, user names and paths are not added.
    """
    for secret in secrets:
        text = text.replace(secret, "<token>")
    text = text.strip()
    first = text.splitlines()[0]
    title = first if len(first) <= _LONGEST_TITLE else first[: _LONGEST_TITLE - 3].rstrip() + "..."
    facts = [
        f"- {version_line()}",
        f"- {platform.system()} {platform.release()} {platform.machine()}, Python {platform.python_version()}",
        f"- Coder {server or 'not asked'}",
    ]
    return Message(title, "\n".join((text, "", *facts, "")))
