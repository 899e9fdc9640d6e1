"""Asking the source of the releases which one is the newest."""

__all__ = ["DEFAULT_SOURCE", "SOURCE_VARIABLE", "newest_release", "refresh_release", "release_source"]

import contextlib
import os
from collections.abc import Mapping
from typing import Final

from core.errors import SptFlowError
from core.lean_httpx import spare_command_line
from sptcoder.config import read_document
from sptcoder.updates.release import is_newer, remember
from sptcoder.version import VERSION

spare_command_line()  # before httpx

import httpx  # noqa: E402 - see the line above

DEFAULT_SOURCE: Final = "https://api.github.com/repos/spt-flow/spt-flow/releases/latest"
"""GitHub's page of the newest release that is no pre-release: a JSON object whose `tag_name` is `v1.2.3`."""

SOURCE_VARIABLE: Final = "SPT_FLOW_RELEASES_URL"
"""Environment variable with another address that answers in that form."""

_TIMEOUT: Final = httpx.Timeout(10.0, connect=5.0)
_MOST_BYTES: Final = 1_000_000
_NOTHING: Final = "0.0.0"


def release_source(environment: Mapping[str, str] = os.environ) -> str:
    """Return the address to ask: the environment's, the configuration's, or the default."""
    return environment.get(SOURCE_VARIABLE) or read_document(environment).releases_url or DEFAULT_SOURCE


def newest_release(url: str) -> str:
    """Return the newest release's version; raise SptFlowError if the source does not name one."""
    try:
        headers = {"Accept": "application/json", "User-Agent": f"sptcoder/{VERSION}"}
        with httpx.stream("GET", url, headers=headers, timeout=_TIMEOUT, follow_redirects=True) as response:
            response.raise_for_status()
            content = b""
            for part in response.iter_bytes():
                content += part
                if len(content) > _MOST_BYTES:
                    raise SptFlowError(f"{url} answers with more than a release's page.")
        named = httpx.Response(200, content=content).json()["tag_name"]
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError):
        raise SptFlowError(f"{url} does not say which release is the newest.") from None
    if not isinstance(named, str) or not is_newer(named, _NOTHING):
        raise SptFlowError(f"{url} names a release that is no version like v1.2.3.")
    return named.removeprefix("v")


def refresh_release(environment: Mapping[str, str] = os.environ) -> None:
    """Ask and keep the answer; says nothing and never fails: it runs behind the user's back."""
    with contextlib.suppress(SptFlowError, OSError):
        remember(newest_release(release_source(environment)), environment)
