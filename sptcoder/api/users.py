"""Users, the first one among them, logins, roles and organizations."""

__all__ = ["Users"]

from typing import Final

from sptcoder.api.connection import ANY_SUCCESS, Connection
from sptcoder.api.errors import ApiError, ForeignAnswerError
from sptcoder.api.models.user import LoginAnswer, Organization, User

_NOT_FOUND: Final = 404


class Users:
    """Requests about users."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def has_first(self) -> bool:
        """Say whether there is any user yet.

        404 means "none" only from Coder itself: a proxy in front of a server that starts answers 404 too.
        """
        path = "/api/v2/users/first"
        response = self._connection.request("GET", path, accept=ANY_SUCCESS | {_NOT_FOUND})
        if response.status_code != _NOT_FOUND:
            return True
        if "X-Coder-Build-Version" not in response.headers:
            raise ForeignAnswerError(
                method="GET",
                path=path,
                url=self._connection.url,
                status=_NOT_FOUND,
                found="it names no version of Coder",
                correlation_id=self._connection.trace.correlation_id,
            )
        return False

    def create_first(self, *, email: str, username: str, password: str) -> None:
        """Create the owner of a server that has no user yet; ApiError if it has one."""
        body = {"email": email, "username": username, "password": password, "trial": False}
        self._connection.send_json("POST", "/api/v2/users/first", body)

    def login(self, *, email: str, password: str) -> str:
        """Return a session token; TokenRefusedError for a wrong address or password."""
        answer = self._connection.send_json("POST", "/api/v2/users/login", {"email": email, "password": password})
        return LoginAnswer.model_validate(answer).session_token

    def logout(self) -> None:
        """End the session whose token this client holds."""
        self._connection.request("POST", "/api/v2/users/logout")

    def me(self) -> User:
        """Return the user whose token this client holds."""
        return self.get("me")

    def get(self, user: str) -> User:
        """Return a user by id or name."""
        return User.model_validate(self._connection.get_json(f"/api/v2/users/{user}"))

    def find(self, user: str) -> User | None:
        """Return a user by id or name, None if there is none (Coder answers 400 or 404 to an unknown name)."""
        try:
            return self.get(user)
        except ApiError as error:
            if error.status in {400, _NOT_FOUND}:
                return None
            raise

    def create(self, *, email: str, username: str, password: str, organization_id: str) -> User:
        """Create an ordinary user who logs in by password."""
        body = {
            "email": email,
            "username": username,
            "password": password,
            "login_type": "password",
            "user_status": "active",
            "organization_ids": [organization_id],
        }
        return User.model_validate(self._connection.send_json("POST", "/api/v2/users", body))

    def activate(self, user: str) -> None:
        """Let a suspended or dormant user in again."""
        self._connection.request("PUT", f"/api/v2/users/{user}/status/activate")

    def set_roles(self, user: str, roles: list[str]) -> None:
        """Replace the user's roles of the whole server."""
        self._connection.send_json("PUT", f"/api/v2/users/{user}/roles", {"roles": roles})

    def organization_roles(self, organization: str, user: str) -> frozenset[str]:
        """Return the names of the user's roles in an organization; empty if the user is no member."""
        members = self._connection.get_json(f"/api/v2/organizations/{organization}/members")
        for member in members or ():
            if user in (member.get("user_id"), member.get("username")):
                return frozenset(role["name"] for role in member.get("roles") or ())
        return frozenset()

    def set_organization_roles(self, organization: str, user: str, roles: list[str]) -> None:
        """Replace the user's roles in an organization."""
        self._connection.send_json(
            "PUT", f"/api/v2/organizations/{organization}/members/{user}/roles", {"roles": roles}
        )

    def organization(self, name: str = "default") -> Organization:
        """Return an organization by name or id; `default` is the one every server has."""
        return Organization.model_validate(self._connection.get_json(f"/api/v2/organizations/{name}"))
