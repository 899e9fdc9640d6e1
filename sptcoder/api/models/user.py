"""Users, their roles, organizations and tokens."""

__all__ = ["LoginAnswer", "Organization", "Role", "Token", "TokenConfig", "TokenKey", "User"]

from typing import Annotated

from sptcoder.api.models.base import ApiModel, NullableList, ZeroTime


class Role(ApiModel):
    """A role of a user, of the whole server or of one organization."""

    name: str
    organization_id: str | None = None


class User(ApiModel):
    """A user."""

    id: str
    username: str
    email: str = ""
    status: str = ""
    login_type: str = ""
    organization_ids: Annotated[tuple[str, ...], NullableList] = ()
    roles: Annotated[tuple[Role, ...], NullableList] = ()

    @property
    def role_names(self) -> frozenset[str]:
        """Return the names of the roles."""
        return frozenset(role.name for role in self.roles)


class Organization(ApiModel):
    """An organization; without a licence there is one, the default."""

    id: str
    name: str
    is_default: bool = False


class LoginAnswer(ApiModel):
    """What a login gives."""

    session_token: str


class Token(ApiModel):
    """A token of a user, without its secret."""

    id: str
    user_id: str = ""
    token_name: str = ""
    created_at: ZeroTime = None
    expires_at: ZeroTime = None
    last_used: ZeroTime = None


class TokenKey(ApiModel):
    """A new token: `<id>-<secret>`, shown this once."""

    key: str


class TokenConfig(ApiModel):
    """What the server allows for a user's tokens; nanoseconds."""

    max_token_lifetime: int
