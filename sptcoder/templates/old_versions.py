"""Archiving what no workspace uses any more."""

__all__ = ["archive_old_versions"]

from collections.abc import Set as AbstractSet

from sptcoder.api.client import CoderClient
from sptcoder.api.errors import ApiError
from sptcoder.api.models.template import TemplateVersion


def archive_old_versions(
    client: CoderClient, template_id: str, *, active: TemplateVersion, keep: AbstractSet[str]
) -> int:
    """Archive the versions made before the active one, but for those in `keep`; return how many.

    One by one, not by the server's "archive all unused": that would take a version another push is about to activate.
    A version that is used by a workspace is refused by the server and stays.
    """
    archived = 0
    for version in client.templates.versions(template_id):
        if version.id == active.id or version.id in keep or not _is_before(version, active):
            continue
        try:
            client.template_versions.archive(version.id)
        except ApiError:
            continue  # in use, not finished, or archived by another push
        archived += 1
    return archived


def _is_before(version: TemplateVersion, active: TemplateVersion) -> bool:
    return version.created_at is not None and active.created_at is not None and version.created_at < active.created_at
