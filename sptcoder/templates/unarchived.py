"""Doing something with a version although another push archives old versions at the same time."""

__all__ = ["unarchived"]

from collections.abc import Callable
from typing import Final, TypeVar

from sptcoder.api.client import CoderClient
from sptcoder.api.errors import ApiError

_TRIES: Final = 3
_BAD_REQUEST: Final = frozenset({400, 404})

_Result = TypeVar("_Result")


def unarchived(client: CoderClient, version_id: str, action: Callable[[], _Result]) -> _Result:
    """Return what `action` returns; if it is refused because the version is archived, bring that back and repeat."""
    for _ in range(_TRIES - 1):
        try:
            return action()
        except ApiError as error:
            if error.status not in _BAD_REQUEST or not client.template_versions.get(version_id).archived:
                raise
            client.template_versions.unarchive(version_id)
    return action()
