"""Releases of this project: tags like v1.2.3."""

__all__ = ["newest_release", "newest_tag"]

import re
from collections.abc import Iterable
from typing import Final

from ci.stack_name import PROJECT_ROOT
from core.command import Command

_TAG: Final = re.compile(r"v(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)", re.ASCII)


def newest_release() -> str:
    """Return the newest release tag of this checkout, or nothing; tags have to be fetched."""
    listed = Command("git", cwd=PROJECT_ROOT).run("tag", "--list", "v*", check=False)
    return newest_tag(listed.stdout.split())


def newest_tag(tags: Iterable[str]) -> str:
    """Return the highest version among the tags; pre-releases and other words are none."""
    found = [match for match in map(_TAG.fullmatch, tags) if match is not None]
    return max(found, key=lambda match: [int(part) for part in match.groups()])[0] if found else ""
