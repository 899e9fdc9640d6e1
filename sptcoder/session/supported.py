"""The servers this program understands."""

__all__ = ["NEWEST_MAJOR", "OLDEST", "check_version"]

from typing import Final

from core.errors import SptFlowError
from sptcoder.api.version import ServerVersion
from sptcoder.session.failures import VersionSkewError

OLDEST: Final = ServerVersion(2, 26, 0)
"""The oldest line this program is tested with."""

NEWEST_MAJOR: Final = 2
"""The next major version may change the API in ways nobody knows yet."""


def check_version(text: str, url: str) -> ServerVersion | None:
    """Return the version, None if it is no release's (a build of somebody's own); VersionSkewError if out of range."""
    try:
        version = ServerVersion.parse(text)
    except SptFlowError:
        return None
    if version.major == 0:  # how Coder numbers what is built between releases
        return None
    if version.major > NEWEST_MAJOR:
        raise VersionSkewError(
            f"Coder at {url} is {version}, newer than this program understands ({OLDEST} up to {NEWEST_MAJOR}.x).",
            next_command="update sptcoder (sptcoder version shows where from)",
        )
    if version < OLDEST:
        raise VersionSkewError(
            f"Coder at {url} is {version}, older than this program understands ({OLDEST} up to {NEWEST_MAJOR}.x).",
            next_command="ask the platform's owner to update Coder, or take an older sptcoder",
        )
    return version
