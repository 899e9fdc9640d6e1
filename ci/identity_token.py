"""The identity token GitHub gives a job that has `id-token: write`: proof of repository, environment and workflow."""

__all__ = ["IdentityToken", "identity_token"]

import base64
import binascii
import datetime as dt
import json
import os
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx

from core.errors import SptFlowError, UsageError

_SECONDS = 30.0


@dataclass(frozen=True)
class IdentityToken:
    """A signed token and when it ends; the text is a secret."""

    text: str = field(repr=False)
    expires: dt.datetime


def identity_token(audience: str) -> IdentityToken:
    """Ask GitHub for a token for this audience; raise UsageError outside a job that may have one."""
    url, bearer = (os.environ.get(f"ACTIONS_ID_TOKEN_REQUEST_{name}", "") for name in ("URL", "TOKEN"))
    if not (url and bearer):
        raise UsageError(
            "There is no identity token to be had: the job lacks `id-token: write`, or this is no GitHub job.",
            next_command="read docs/ci.md on who gets tokens",
        )
    try:
        answer = httpx.get(
            url,
            params={**_query(url), "audience": audience},
            headers={"Authorization": f"Bearer {bearer}"},
            timeout=_SECONDS,
        )
        text = str(answer.raise_for_status().json()["value"])
        return IdentityToken(text, _expiry(text))
    except (httpx.HTTPError, KeyError, TypeError, ValueError) as error:
        raise SptFlowError(f"GitHub gave no identity token ({type(error).__name__}).") from None


def _query(url: str) -> dict[str, str]:
    """Return the query the address has already; httpx would drop it for the new one."""
    return dict(httpx.QueryParams(urlsplit(url).query))


def _expiry(token: str) -> dt.datetime:
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return dt.datetime.fromtimestamp(int(claims["exp"]), dt.UTC)
    except (IndexError, KeyError, TypeError, binascii.Error, OverflowError):
        raise ValueError from None
