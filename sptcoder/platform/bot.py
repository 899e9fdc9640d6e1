"""The bot that pushes templates: an ordinary user with one role more, and a token that is replaced in time."""

__all__ = ["TEMPLATE_ROLE", "Bot", "BotAccess", "ensure_bot", "renew_token", "usable_access"]

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from pydantic import BaseModel, Field

from sptcoder.api.client import CoderClient
from sptcoder.api.errors import ApiError, TokenRefusedError
from sptcoder.api.models.user import Token, User

TEMPLATE_ROLE: Final = "organization-template-admin"
"""Enough to push: templates, files and versions of one organization. Its workspaces are its own, as any member's.

It cannot see or change users, other people's workspaces beyond reading them, deployment settings or licences.
"""

_PASSWORD_BYTES: Final = 32
_ABSENT: Final = frozenset({"dormant", "suspended"})
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)
_LEAST_LEFT: Final = timedelta(days=1)


@dataclass(frozen=True)
class Bot:
    """The bot as it is to be."""

    username: str
    email: str
    token_lifetime: timedelta
    role: str = TEMPLATE_ROLE
    """Its one role in the organization; none of the whole server."""


class BotAccess(BaseModel):
    """What bootstrap prints: the one place a token is written in clear, taken up as a secret by the program."""

    session_token: str = Field(repr=False)
    username: str
    expires_at: datetime
    organization_id: str


def usable_access(client: CoderClient, token: str, bot: Bot) -> BotAccess | None:
    """Return the access this token gives, if it is the bot's, has its role, and a day to live; None otherwise."""
    try:
        user = client.users.me()
        organization = client.users.organization()
        roles = client.users.organization_roles(organization.id, user.id)
        expires_at = _expiry(client, token, user.id)
    except (ApiError, TokenRefusedError):
        return None
    if user.username != bot.username or bot.role not in roles or expires_at - datetime.now(UTC) < _LEAST_LEFT:
        return None
    return BotAccess(
        session_token=token, username=user.username, expires_at=expires_at, organization_id=organization.id
    )


def ensure_bot(client: CoderClient, bot: Bot, *, say: Callable[[str], None]) -> tuple[User, str]:
    """Return the bot and its organization's id, once the user exists, is active and has exactly its role."""
    organization = client.users.organization()
    user = client.users.find(bot.username)
    if user is None:
        say(f"creating the bot '{bot.username}'")
        # Nobody knows this password: the bot is let in by its tokens only.
        user = client.users.create(
            email=bot.email,
            username=bot.username,
            password=secrets.token_urlsafe(_PASSWORD_BYTES),
            organization_id=organization.id,
        )
    if user.status in _ABSENT:
        client.users.activate(user.id)
    if user.roles:
        say(f"taking roles of the whole server from '{bot.username}': {', '.join(sorted(user.role_names))}")
        client.users.set_roles(user.id, [])
    if client.users.organization_roles(organization.id, user.id) != {bot.role}:
        client.users.set_organization_roles(organization.id, user.id, [bot.role])
    return user, organization.id


def renew_token(
    client: CoderClient, bot: Bot, user: User, organization_id: str, *, say: Callable[[str], None]
) -> BotAccess:
    """Return a new token, and revoke the older ones but the last, which runs that began with it still hold."""
    lifetime = min(bot.token_lifetime, client.tokens.longest_lifetime(user.id))
    name = f"{bot.username}-{datetime.now(UTC):%Y%m%d%H%M%S}-{secrets.token_hex(2)}"
    before = sorted(client.tokens.list(user.id), key=_age)
    token = client.tokens.create(user.id, name=name, lifetime=lifetime)
    say(f"new token '{name}' for {lifetime.total_seconds() / 86400:g} days")
    for old in [found for found in before if found.token_name.startswith(f"{bot.username}-")][:-1]:
        client.tokens.delete(user.id, old.id)
        say(f"revoked token '{old.token_name}'")
    return BotAccess(
        session_token=token,
        username=user.username,
        expires_at=_expiry(client, token, user.id),
        organization_id=organization_id,
    )


def _age(token: Token) -> datetime:
    return token.created_at or _LONG_AGO


def _expiry(client: CoderClient, token: str, user_id: str) -> datetime:
    """Return when a token ends; the long ago for one the server does not list. A token begins with its id."""
    token_id = token.partition("-")[0]
    found = (listed for listed in client.tokens.list(user_id) if listed.id == token_id)
    return next((listed.expires_at for listed in found if listed.expires_at is not None), _LONG_AGO)
