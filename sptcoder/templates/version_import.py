"""A version on the server for a template's content: found if it is there, else uploaded and imported."""

__all__ = ["VersionImport"]

from dataclasses import dataclass
from functools import partial
from typing import Final

from core.errors import SptFlowError
from sptcoder.api.client import CoderClient
from sptcoder.api.errors import ApiError
from sptcoder.api.job_watch import Stopwatch, watch_job
from sptcoder.api.models.template import TemplateVersion
from sptcoder.templates.archive import TemplateArchive
from sptcoder.templates.fingerprint import Fingerprint, VersionNote
from sptcoder.templates.report import JobLines, Say
from sptcoder.templates.request import PushRequest
from sptcoder.templates.version_name import candidate_names

_CONFLICT: Final = 409
_DEAD: Final = frozenset({"failed", "canceled", "canceling"})


@dataclass(frozen=True)
class VersionImport:
    """One push's content, and how it becomes a version."""

    client: CoderClient
    request: PushRequest
    archive: TemplateArchive
    fingerprint: Fingerprint
    source: str
    say: Say
    stopwatch: Stopwatch

    def ensure(self, template_id: str | None) -> TemplateVersion:
        """Return a version of this content whose import succeeded; JobFailedError with its last lines otherwise.

        A version that an earlier push of the same content made is taken up, finished or not.
        """
        version = self._create(template_id, self.source) if template_id is None else self._find_or_create(template_id)
        watch_job(
            f"The import of version '{version.name}' of template '{self.request.name}'",
            job=lambda: self.client.template_versions.get(version.id).job,
            logs=partial(self.client.template_versions.logs, version.id),
            show=JobLines(self.say),
            timeout=self.request.import_timeout_seconds,
            stopwatch=self.stopwatch,
        )
        return self.client.template_versions.get(version.id)

    def _find_or_create(self, template_id: str) -> TemplateVersion:
        for name in candidate_names(self.source, self.fingerprint):
            found = self.client.templates.version_named(template_id, name)
            if found is None:
                try:
                    return self._create(template_id, name)
                except ApiError as error:
                    if error.status != _CONFLICT:
                        raise
                    found = self.client.templates.version_named(template_id, name)  # another push was faster
            if found is not None and self._is_usable(found):
                return found
        raise SptFlowError(
            f"No name for a version of template '{self.request.name}' is left that begins with '{self.source}': "
            "its import failed each time. Commit the change that mends it."
        )

    def _is_usable(self, version: TemplateVersion) -> bool:
        if not VersionNote.matches(version.message, self.fingerprint) or version.job.status in _DEAD:
            return False
        self.say(f"version {version.name} has this content already")
        if version.archived:
            self.client.template_versions.unarchive(version.id)
        return True

    def _create(self, template_id: str | None, name: str) -> TemplateVersion:
        self.say(f"uploading {len(self.archive.data):,} bytes, {len(self.archive.names)} files, as version {name}")
        note = VersionNote(self.source, self.fingerprint, smoke_pending=self.request.smoke.enabled)
        return self.client.template_versions.create(
            file_id=self.client.template_versions.upload(self.archive.data),
            name=name,
            message=note.text(),
            variables=self.request.variables,
            template_id=template_id,
            organization=self.request.organization,
        )
