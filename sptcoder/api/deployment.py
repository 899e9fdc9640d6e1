"""The server itself: health, version, licence."""

__all__ = ["Deployment"]

from typing import Final

from sptcoder.api.connection import Connection
from sptcoder.api.errors import ApiError, ForeignAnswerError, NoAnswerError
from sptcoder.api.models.deployment import BuildInfo, Entitlements

_NOT_FOUND: Final = 404


class Deployment:
    """Requests about the server."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def is_healthy(self) -> bool:
        """Say whether the server answers `/healthz`; no answer and a refusal are False, never an error.

        A server that is starting listens already, and answers 404 without its name.
        """
        try:
            self._connection.request("GET", "/healthz")
        except (ApiError, ForeignAnswerError, NoAnswerError):
            return False
        return True

    def build_info(self) -> BuildInfo:
        """Return version and addresses; needs no token."""
        return BuildInfo.model_validate(self._connection.get_json("/api/v2/buildinfo"))

    def applications_host(self) -> str:
        """Return the host of applications with a name of their own, such as `*.apps.example.com`; empty for none."""
        return str(self._connection.get_json("/api/v2/applications/host").get("host") or "")

    def entitlements(self) -> Entitlements:
        """Return what the licence gives: nothing, if the server is built without the licensed parts (404)."""
        try:
            return Entitlements.model_validate(self._connection.get_json("/api/v2/entitlements"))
        except ApiError as error:
            if error.status == _NOT_FOUND:
                return Entitlements()
            raise
