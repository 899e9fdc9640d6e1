"""Templates: find, create, change, activate, archive, delete."""

__all__ = ["Templates"]

from collections.abc import Mapping
from typing import Any, Final

from pydantic import TypeAdapter

from sptcoder.api.connection import ANY_SUCCESS, Connection
from sptcoder.api.errors import ApiError
from sptcoder.api.models.template import ArchiveAnswer, Template, TemplateVersion

_VERSIONS: Final = TypeAdapter(tuple[TemplateVersion, ...])
_TEMPLATES: Final = TypeAdapter(tuple[Template, ...])
_NOT_FOUND: Final = 404
_NOT_MODIFIED: Final = 304
_PAGE: Final = 100


class Templates:
    """Requests about templates."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self) -> tuple[Template, ...]:
        """Return all templates the user may see."""
        return _TEMPLATES.validate_python(self._connection.get_json("/api/v2/templates") or ())

    def get(self, template_id: str) -> Template:
        """Return a template by id."""
        return Template.model_validate(self._connection.get_json(f"/api/v2/templates/{template_id}"))

    def find(self, name: str, *, organization: str = "default") -> Template | None:
        """Return a template by name, None if there is none."""
        path = f"/api/v2/organizations/{organization}/templates/{name}"
        try:
            return Template.model_validate(self._connection.get_json(path))
        except ApiError as error:
            if error.status == _NOT_FOUND:
                return None
            raise

    def create(
        self, *, name: str, version_id: str, settings: Mapping[str, Any], organization: str = "default"
    ) -> Template:
        """Create a template whose active version is `version_id`; 409 if the name is taken."""
        body = {**settings, "name": name, "template_version_id": version_id}
        path = f"/api/v2/organizations/{organization}/templates"
        return Template.model_validate(self._connection.send_json("POST", path, body))

    def update(self, template_id: str, settings: Mapping[str, Any]) -> bool:
        """Set the settings and say whether anything changed; `settings` must be complete (see TemplateSettings).

        Servers up to 2.29 answer 304 without content when nothing changed.
        """
        path = f"/api/v2/templates/{template_id}"
        response = self._connection.request("PATCH", path, body=settings, accept=ANY_SUCCESS | {_NOT_MODIFIED})
        return response.status_code != _NOT_MODIFIED

    def activate(self, template_id: str, version_id: str) -> None:
        """Make a version the one that new workspaces start from."""
        self._connection.send_json("PATCH", f"/api/v2/templates/{template_id}/versions", {"id": version_id})

    def delete(self, template_id: str) -> None:
        """Delete a template; ApiError while workspaces of it exist."""
        self._connection.request("DELETE", f"/api/v2/templates/{template_id}")

    def versions(self, template_id: str, *, include_archived: bool = False) -> tuple[TemplateVersion, ...]:
        """Return all versions, oldest first; archived ones only if asked for."""
        found: list[TemplateVersion] = []
        while True:
            archived = str(include_archived).lower()
            params: dict[str, str | int] = {"limit": _PAGE, "offset": len(found), "include_archived": archived}
            path = f"/api/v2/templates/{template_id}/versions"
            page = _VERSIONS.validate_python(self._connection.get_json(path, params=params) or ())
            found.extend(page)
            if len(page) < _PAGE:
                return tuple(found)

    def version_named(self, template_id: str, name: str) -> TemplateVersion | None:
        """Return the version of this name, archived or not; None if there is none."""
        path = f"/api/v2/templates/{template_id}/versions/{name}"
        try:
            return TemplateVersion.model_validate(self._connection.get_json(path))
        except ApiError as error:
            if error.status == _NOT_FOUND:
                return None
            raise

    def archive_unused(self, template_id: str, *, include_succeeded: bool) -> tuple[str, ...]:
        """Archive versions no workspace uses: the failed ones, or all; return their ids."""
        path = f"/api/v2/templates/{template_id}/versions/archive"
        answer = self._connection.send_json("POST", path, {"all": include_succeeded})
        return ArchiveAnswer.model_validate(answer).archived_ids
