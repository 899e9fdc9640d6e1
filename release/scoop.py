"""The Scoop manifest `sptcoder`: the archive for Windows, by its checksum."""

__all__ = ["MANIFEST", "manifest"]

import json
from collections.abc import Mapping
from typing import Any, Final

from release.downloads import archive_of, download_url
from release.platforms import Platform
from sptcoder.version import VERSION

MANIFEST: Final = "sptcoder.json"
"""Name of the file, in the folder bucket of the bucket."""

_WINDOWS: Final = Platform("windows", "amd64")


def manifest(sums: Mapping[str, str], releases: str) -> str:
    """Return the manifest as JSON; raise SptFlowError if the archive is not among the checksums."""
    url = download_url(releases, _WINDOWS.archive)
    newer = url.replace(VERSION, "$version")
    content: dict[str, Any] = {
        "version": VERSION,
        "description": "From a repository to a ready Coder workspace in one command",
        "homepage": releases,
        "license": "Apache-2.0",
        "architecture": {"64bit": {"url": url, "hash": archive_of(_WINDOWS, sums), "extract_dir": _WINDOWS.folder}},
        "bin": _WINDOWS.program,
        "checkver": {"github": releases},
        "autoupdate": {
            "architecture": {"64bit": {"url": newer, "extract_dir": _WINDOWS.folder.replace(VERSION, "$version")}},
            "hash": {"url": "$baseurl/checksums.txt"},
        },
    }
    return json.dumps(content, indent=4) + "\n"
