"""Versions of templates: upload, create, watch, look into, archive."""

__all__ = ["TemplateVersions"]

from collections.abc import Mapping
from typing import Any, Final

from pydantic import TypeAdapter

from sptcoder.api.connection import Connection
from sptcoder.api.models.deployment import RequiredAuth
from sptcoder.api.models.job import JobLog
from sptcoder.api.models.template import Preset, RichParameter, TemplateVersion, UploadAnswer, VersionVariable

_LOGS: Final = TypeAdapter(tuple[JobLog, ...])
_VARIABLES: Final = TypeAdapter(tuple[VersionVariable, ...])
_PARAMETERS: Final = TypeAdapter(tuple[RichParameter, ...])
_AUTHS: Final = TypeAdapter(tuple[RequiredAuth, ...])
_PRESETS: Final = TypeAdapter(tuple[Preset, ...])


class TemplateVersions:
    """Requests about versions."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def upload(self, archive: bytes) -> str:
        """Upload a tar archive and return the id of the file; the same content gets the same id (of one user)."""
        path = "/api/v2/files"
        response = self._connection.request("POST", path, content=archive, content_type="application/x-tar")
        return UploadAnswer.model_validate(self._connection.json_of("POST", path, response)).hash

    def download(self, file_id: str) -> bytes:
        """Return an uploaded archive; ApiError for who may not read it."""
        return self._connection.request("GET", f"/api/v2/files/{file_id}").content

    def create(
        self,
        *,
        file_id: str,
        name: str,
        message: str,
        variables: Mapping[str, str],
        template_id: str | None,
        organization: str = "default",
    ) -> TemplateVersion:
        """Create a version and queue its import job; 409 if the template has a version of this name."""
        body: dict[str, Any] = {
            "name": name,
            "message": message,
            "storage_method": "file",
            "file_id": file_id,
            "provisioner": "terraform",
            "tags": {},
            "user_variable_values": [{"name": key, "value": variables[key]} for key in sorted(variables)],
        }
        if template_id is not None:
            body["template_id"] = template_id
        path = f"/api/v2/organizations/{organization}/templateversions"
        return TemplateVersion.model_validate(self._connection.send_json("POST", path, body))

    def get(self, version_id: str) -> TemplateVersion:
        """Return a version by id."""
        return TemplateVersion.model_validate(self._connection.get_json(f"/api/v2/templateversions/{version_id}"))

    def logs(self, version_id: str, *, after: int = 0) -> tuple[JobLog, ...]:
        """Return the lines of the import job whose id is above `after`."""
        path = f"/api/v2/templateversions/{version_id}/logs"
        return _LOGS.validate_python(self._connection.get_json(path, params={"after": after}) or ())

    def cancel(self, version_id: str) -> None:
        """Ask that the import job be stopped."""
        self._connection.request("PATCH", f"/api/v2/templateversions/{version_id}/cancel")

    def set_message(self, version_id: str, message: str) -> None:
        """Replace the message of a version; its name stays."""
        self._connection.request("PATCH", f"/api/v2/templateversions/{version_id}", body={"message": message})

    def archive(self, version_id: str) -> None:
        """Archive one version; ApiError if it is active, in use, or archived already."""
        self._connection.request("POST", f"/api/v2/templateversions/{version_id}/archive")

    def unarchive(self, version_id: str) -> None:
        """Bring an archived version back."""
        self._connection.request("POST", f"/api/v2/templateversions/{version_id}/unarchive")

    def variables(self, version_id: str) -> tuple[VersionVariable, ...]:
        """Return the Terraform variables."""
        return _VARIABLES.validate_python(self._inside(version_id, "variables"))

    def rich_parameters(self, version_id: str) -> tuple[RichParameter, ...]:
        """Return the parameters users are asked for."""
        return _PARAMETERS.validate_python(self._inside(version_id, "rich-parameters"))

    def presets(self, version_id: str) -> tuple[Preset, ...]:
        """Return the presets."""
        return _PRESETS.validate_python(self._inside(version_id, "presets"))

    def external_auth(self, version_id: str) -> tuple[RequiredAuth, ...]:
        """Return the services its workspaces use, with what the user whose token the client holds has linked."""
        return _AUTHS.validate_python(self._inside(version_id, "external-auth"))

    def _inside(self, version_id: str, part: str) -> Any:  # noqa: ANN401 - JSON
        return self._connection.get_json(f"/api/v2/templateversions/{version_id}/{part}") or ()
