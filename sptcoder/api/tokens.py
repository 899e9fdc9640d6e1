"""Long-lived tokens of users."""

__all__ = ["Tokens"]

from datetime import timedelta
from typing import Final

from pydantic import TypeAdapter

from sptcoder.api.connection import Connection
from sptcoder.api.models.user import Token, TokenConfig, TokenKey

_LIST: Final = TypeAdapter(tuple[Token, ...])
_NANOSECONDS: Final = 1_000_000_000


class Tokens:
    """Requests about tokens."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def create(self, user: str, *, name: str, lifetime: timedelta) -> str:
        """Create a token that can do all its user can, and return it; ApiError with status 409 for a used name."""
        nanoseconds = int(lifetime.total_seconds()) * _NANOSECONDS
        body = {"token_name": name, "lifetime": nanoseconds, "scope": "all"}
        answer = self._connection.send_json("POST", f"/api/v2/users/{user}/keys/tokens", body)
        return TokenKey.model_validate(answer).key

    def list(self, user: str) -> tuple[Token, ...]:
        """Return the user's tokens, expired ones among them, without their secrets."""
        return _LIST.validate_python(self._connection.get_json(f"/api/v2/users/{user}/keys/tokens") or ())

    def get(self, user: str, key_id: str) -> Token:
        """Return a token, or the key of a login, by its id, which is what stands before the dash in it."""
        return Token.model_validate(self._connection.get_json(f"/api/v2/users/{user}/keys/{key_id}"))

    def delete(self, user: str, token_id: str) -> None:
        """Revoke a token, at once; 404 means it is gone already."""
        self._connection.request("DELETE", f"/api/v2/users/{user}/keys/{token_id}", accept=frozenset({200, 204, 404}))

    def longest_lifetime(self, user: str) -> timedelta:
        """Return how long a token of this user may live."""
        answer = self._connection.get_json(f"/api/v2/users/{user}/keys/tokens/tokenconfig")
        seconds = TokenConfig.model_validate(answer).max_token_lifetime // _NANOSECONDS
        return timedelta(seconds=min(seconds, int(timedelta(days=36500).total_seconds())))
