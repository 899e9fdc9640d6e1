"""The verb `bootstrap`: from a server that has just started to a bot with a token; again and again, with no harm.

| Variable | Holds |
|---|---|
| `CODER_URL` | the server's address |
| `SPTCODER_ADMIN_EMAIL`, `SPTCODER_ADMIN_USERNAME`, `SPTCODER_ADMIN_PASSWORD` | the owner: made if there is no user |
| `SPTCODER_BOT_USERNAME` | the bot; `spt-ci` |
| `SPTCODER_BOT_EMAIL` | its address; the bot's name at the owner's domain |
| `SPTCODER_BOT_ROLE` | its one role in the organization; the one that may push templates |
| `SPTCODER_TOKEN_DAYS` | how long a token lives; 60. The server's own limit counts if it is shorter |
| `SPTCODER_CURRENT_TOKEN` | a token from before: returned as it is while it can be used |
| `PULUMI_COMMAND_STDOUT` | the same, as the command plugin hands over what this verb printed last time |
| `SPTCODER_WAIT_SECONDS` | how long to wait for the server; 300 |
"""

__all__ = ["bootstrap"]

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from sptcoder.api.client import CoderClient
from sptcoder.api.health_wait import wait_until_healthy
from sptcoder.api.retry import RetryPolicy
from sptcoder.platform.bot import TEMPLATE_ROLE, Bot, BotAccess, ensure_bot, renew_token, usable_access
from sptcoder.platform.environment import Environment
from sptcoder.platform.owner_session import Owner, owner_session

_BOT: Final = "spt-ci"
_TOKEN_DAYS: Final = 60.0
_WAIT_SECONDS: Final = 300.0
_RETRY_SECONDS: Final = 120.0
"""For one request."""


def bootstrap(environment: Environment, *, say: Callable[[str], None]) -> BotAccess:
    """Return the bot's access; create owner, bot and token as far as they are missing."""
    url = environment.required("CODER_URL", "the address of the Coder server")
    owner = Owner(
        email=environment.required("SPTCODER_ADMIN_EMAIL", "the owner's e-mail address"),
        username=environment.required("SPTCODER_ADMIN_USERNAME", "the owner's user name"),
        password=environment.secret("SPTCODER_ADMIN_PASSWORD", "the owner's password"),
    )
    username = environment.text("SPTCODER_BOT_USERNAME", _BOT)
    bot = Bot(
        username=username,
        email=environment.text("SPTCODER_BOT_EMAIL", f"{username}@{owner.email.rpartition('@')[2]}"),
        token_lifetime=timedelta(days=environment.number("SPTCODER_TOKEN_DAYS", _TOKEN_DAYS)),
        role=environment.text("SPTCODER_BOT_ROLE", TEMPLATE_ROLE),
    )
    correlation_id = environment.text("SPTCODER_CORRELATION_ID") or None

    def connect(token: str | None) -> CoderClient:
        return CoderClient(url, token, correlation_id=correlation_id, retry=RetryPolicy(budget=_RETRY_SECONDS, say=say))

    with connect(None) as stranger:
        info = wait_until_healthy(stranger, timeout=environment.number("SPTCODER_WAIT_SECONDS", _WAIT_SECONDS))
    say(f"Coder {info.server_version} at {url} is healthy")
    current = environment.text("SPTCODER_CURRENT_TOKEN") or environment.printed_before("session_token")
    if current:
        with connect(current) as client:
            access = usable_access(client, current, bot)
        if access is not None:
            say(f"the token of '{bot.username}' is good until {access.expires_at:%Y-%m-%d}")
            return access
    with owner_session(connect, owner, say=say) as client:
        user, organization_id = ensure_bot(client, bot, say=say)
        return renew_token(client, bot, user, organization_id, say=say)
