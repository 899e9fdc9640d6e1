"""Pushing a template: pack, import, smoke test, activate, set, archive; each step can be repeated.

A push writes nothing down on this side. After a kill, a dropped connection or a restart of the server it starts over,
finds what is on the server already and goes on from there. Until the last check has passed, the active version stays.
"""

__all__ = ["push_template"]

from dataclasses import dataclass
from typing import Final

from core.errors import SptFlowError
from sptcoder.api.client import CoderClient
from sptcoder.api.errors import ApiError, ForeignAnswerError, NoAnswerError
from sptcoder.api.health_wait import wait_until_healthy
from sptcoder.api.job_watch import Stopwatch
from sptcoder.api.models.deployment import Entitlements
from sptcoder.api.models.template import Template, TemplateVersion
from sptcoder.templates.archive import TemplateArchive, pack_template
from sptcoder.templates.fingerprint import Fingerprint, VersionNote, content_fingerprint
from sptcoder.templates.old_versions import archive_old_versions
from sptcoder.templates.report import Say
from sptcoder.templates.request import PushRequest, PushResult
from sptcoder.templates.smoke import run_smoke
from sptcoder.templates.unarchived import unarchived
from sptcoder.templates.version_import import VersionImport
from sptcoder.templates.version_name import source_name

_ATTEMPTS: Final = 4
_CONFLICT: Final = 409
_SERVER_SIDE: Final = 500
_RESTART_SECONDS: Final = 180.0


def push_template(
    client: CoderClient, request: PushRequest, *, say: Say, stopwatch: Stopwatch | None = None
) -> PushResult:
    """Bring a template to the server; nothing is changed there if it is as asked already.

    Raises UsageError (the files), JobFailedError (the import), SmokeFailedError, UnsupportedError (premium settings
    without a licence), or what the client raises. The active version is then the one it was.
    """
    watch = stopwatch or Stopwatch()
    archive = pack_template(request.directory, request.overlays)
    push = _Push(client, request, archive, content_fingerprint(archive.sha256, request.variables), say, watch)
    for _ in range(_ATTEMPTS - 1):
        try:
            return push.run()
        except (NoAnswerError, ForeignAnswerError, ApiError) as error:
            # A server that is starting answers without its name, like a stranger.
            if isinstance(error, ApiError) and not _is_passing(error):
                raise
            say(f"{error.message} The push looks again at what is there.")
            if not isinstance(error, ApiError) or error.status >= _SERVER_SIDE:
                wait_until_healthy(client, timeout=_RESTART_SECONDS, stopwatch=watch)
    return push.run()


def _is_passing(error: ApiError) -> bool:
    """Say whether looking again may help: the server's own trouble, or another push that was faster."""
    return error.status >= _SERVER_SIDE or error.status == _CONFLICT


@dataclass(frozen=True)
class _Push:
    client: CoderClient
    request: PushRequest
    archive: TemplateArchive
    fingerprint: Fingerprint
    say: Say
    stopwatch: Stopwatch

    def run(self) -> PushResult:
        """Do what is missing on the server, from the beginning."""
        entitlements = self.client.deployment.entitlements()
        self.request.settings.check_licence(entitlements)
        template = self.client.templates.find(self.request.name, organization=self.request.organization)
        if template is None:
            return self._first_push(entitlements)
        active = self.client.template_versions.get(template.active_version_id)
        if VersionNote.matches(active.message, self.fingerprint):
            if self.request.smoke.enabled and VersionNote.is_pending(active.message):
                self._prove_only_version(template, active)
            else:
                self.say(f"template {template.name}: version {active.name} is active and has this content")
            return self._result(template, active, new_version=False, new_settings=self._set(template, entitlements))
        return self._next_push(template, entitlements)

    def _first_push(self, entitlements: Entitlements) -> PushResult:
        # A workspace needs a template, so the template comes before its smoke test and goes if that fails.
        version = self._versions().ensure(None)
        template = self.client.templates.create(
            name=self.request.name,
            version_id=version.id,
            settings=self.request.settings.for_creation(entitlements),
            organization=self.request.organization,
        )
        self._prove_only_version(template, version)
        self.say(f"template {template.name}: created, version {version.name} is active")
        return self._result(template, version, new_version=True, new_settings=True)

    def _next_push(self, template: Template, entitlements: Entitlements) -> PushResult:
        version = self._versions().ensure(template.id)
        self._prove(template, version)
        unarchived(self.client, version.id, lambda: self.client.templates.activate(template.id, version.id))
        self.say(f"template {template.name}: version {version.name} is active")
        new_settings = self._set(template, entitlements)
        archived = 0
        if self.request.archive_old_versions:
            archived = archive_old_versions(self.client, template.id, active=version, keep={template.active_version_id})
        return self._result(template, version, new_version=True, new_settings=new_settings, archived=archived)

    def _versions(self) -> VersionImport:
        source = source_name([self.request.directory, *self.request.overlays], self.fingerprint)
        return VersionImport(
            self.client, self.request, self.archive, self.fingerprint, source, self.say, self.stopwatch
        )

    def _prove(self, template: Template, version: TemplateVersion) -> None:
        """Run the smoke test, unless this version has passed it before, and note that it passed."""
        if not self.request.smoke.enabled or not VersionNote.is_pending(version.message):
            return
        self.say(f"smoke test of version {version.name}")
        run_smoke(
            self.client,
            version,
            template_name=template.name,
            settings=self.request.smoke,
            say=self.say,
            stopwatch=self.stopwatch,
        )
        passed = version.message.replace("smoke: pending", "smoke: passed")
        self.client.template_versions.set_message(version.id, passed)

    def _prove_only_version(self, template: Template, version: TemplateVersion) -> None:
        """Prove the version a template was made with; if it fails, no template stays behind.

        It stays if another push has brought a version of its own meanwhile.
        """
        try:
            self._prove(template, version)
        except (NoAnswerError, ForeignAnswerError, ApiError):
            raise  # nothing is known about the version: looked at again
        except SptFlowError:
            try:
                if len(self.client.templates.versions(template.id)) == 1:
                    self.client.templates.delete(template.id)
            except SptFlowError as error:
                self.say(f"the unproven template '{template.name}' could not be deleted: {error.message}")
            raise

    def _set(self, template: Template, entitlements: Entitlements) -> bool:
        if self.request.settings.hold_on(template, entitlements):
            return False
        body = {"name": template.name, **self.request.settings.for_update(entitlements)}
        changed = self.client.templates.update(template.id, body)
        if changed:
            self.say(f"template {template.name}: settings changed")
        return changed

    def _result(
        self, template: Template, version: TemplateVersion, *, new_version: bool, new_settings: bool, archived: int = 0
    ) -> PushResult:
        return PushResult(
            template_id=template.id,
            template_name=template.name,
            version_id=version.id,
            version_name=version.name,
            archive_sha256=self.archive.sha256,
            new_version=new_version,
            new_settings=new_settings,
            archived_versions=archived,
        )
