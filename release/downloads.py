"""Where a release's files are found once it is published."""

__all__ = ["archive_of", "download_url", "releases_page"]

import os
from collections.abc import Mapping
from typing import Final

from core.errors import SptFlowError
from release.platforms import Platform
from sptcoder.version import VERSION

_DEFAULT: Final = "https://github.com/spt-flow/spt-flow"
_SERVER: Final = "GITHUB_SERVER_URL"
_REPOSITORY: Final = "GITHUB_REPOSITORY"


def releases_page(environment: Mapping[str, str] = os.environ) -> str:
    """Return the address of the repository whose releases these are: a workflow's own, or the project's."""
    if environment.get(_SERVER) and environment.get(_REPOSITORY):
        return f"{environment[_SERVER]}/{environment[_REPOSITORY]}"
    return _DEFAULT


def download_url(releases: str, name: str) -> str:
    """Return where a file of this version is downloaded."""
    return f"{releases}/releases/download/v{VERSION}/{name}"


def archive_of(platform: Platform, sums: Mapping[str, str]) -> str:
    """Return the checksum of a system's archive; raise SptFlowError if the release has none."""
    if platform.archive not in sums:
        raise SptFlowError(
            f"The release has no {platform.archive}; formula and manifest need the archives of every system.",
            next_command="make release-executable on a machine of that kind",
        )
    return sums[platform.archive]
