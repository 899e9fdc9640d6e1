"""Links of users to services such as GitHub."""

__all__ = ["ExternalAuth"]

from sptcoder.api.connection import Connection
from sptcoder.api.errors import ApiError
from sptcoder.api.models.deployment import ExternalAuthList


class ExternalAuth:
    """Requests about the links of the user whose token the client holds."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self) -> ExternalAuthList:
        """Return the server's providers and the user's links."""
        return ExternalAuthList.model_validate(self._connection.get_json("/api/v2/external-auth"))

    def is_authenticated(self, provider: str) -> bool:
        """Say whether the user's link works; False too if the server has no such provider."""
        try:
            answer = self._connection.get_json(f"/api/v2/external-auth/{provider}")
        except ApiError as error:
            if error.status == 404:  # noqa: PLR2004 - the status itself
                return False
            raise
        return bool(answer.get("authenticated"))

    def unlink(self, provider: str) -> None:
        """Remove the user's link."""
        self._connection.request("DELETE", f"/api/v2/external-auth/{provider}")
