"""Addresses of Coder servers, as users type them."""

__all__ = ["check_address", "name_of"]

import re
from typing import Final
from urllib.parse import urlsplit

from core.errors import UsageError

_FORM: Final = "expected is http(s)://host[:port] without user, password, query and fragment"
_SCHEME: Final = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*://")
_HOST: Final = re.compile(r"^[A-Za-z0-9._:%-]+$")
_MOST_SHOWN: Final = 100
_UNNAMED: Final = re.compile(r"[^A-Za-z0-9._-]+")


def check_address(text: str) -> str:
    """Return the address in its one form, without a slash at its end; no scheme means https.

    Raises UsageError. The part before an @ is never shown: it may be a password.
    """
    typed = text.strip()
    complete = typed if _SCHEME.match(typed) else f"https://{typed}"
    try:
        parts = urlsplit(complete)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _bad(typed) from None
    wrong = parts.scheme not in {"http", "https"} or not _HOST.match(host) or "@" in parts.netloc
    if wrong or parts.query or parts.fragment or any(mark.isspace() for mark in complete):
        raise _bad(typed)
    shown_host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown_host}{'' if port is None else f':{port}'}{parts.path.rstrip('/')}"


def name_of(address: str) -> str:
    """Return the name a context gets when none is given: the host, with the port if there is one."""
    return _UNNAMED.sub("-", urlsplit(address).netloc).strip("-._")[:63] or "default"


def _bad(typed: str) -> UsageError:
    shown = typed.rpartition("@")[2] if "@" in typed else typed
    hidden = "...@" if "@" in typed else ""
    printable = "".join(mark if mark.isprintable() else "?" for mark in shown[:_MOST_SHOWN])
    return UsageError(
        f"'{hidden}{printable}' is no address of a Coder server; {_FORM}.",
        next_command="sptcoder init --url https://coder.example.com",
    )
