"""Owner, bot and token on the real server: made once, found again, renewed when they are due."""

import secrets

import pytest

from lab.demo.access import CoderAccess
from sptcoder.api import ApiError, CoderClient, TokenRefusedError
from sptcoder.platform.bootstrap import bootstrap
from sptcoder.platform.environment import Environment
from tests.support.coder_site import CoderSite

pytestmark = pytest.mark.lab

BOT = "second-bot"


def environment(access: CoderAccess, **more: str) -> Environment:
    return Environment(
        {
            "CODER_URL": access.url,
            "SPTCODER_ADMIN_EMAIL": access.email,
            "SPTCODER_ADMIN_USERNAME": "admin",
            "SPTCODER_ADMIN_PASSWORD": access.password.get_secret_value(),
            "SPTCODER_BOT_USERNAME": BOT,
            "SPTCODER_TOKEN_DAYS": "3",
            **more,
        }
    )


def works(access: CoderAccess, token: str) -> bool:
    with CoderClient(access.url, token) as client:
        try:
            return client.users.me().username == BOT
        except TokenRefusedError:
            return False


def test_bootstrap_is_repeatable_and_tokens_are_renewed_with_one_of_grace(access: CoderAccess) -> None:
    lines: list[str] = []
    first = bootstrap(environment(access), say=lines.append)
    assert works(access, first.session_token)

    again = bootstrap(environment(access, SPTCODER_CURRENT_TOKEN=first.session_token), say=lines.append)
    assert again.session_token == first.session_token

    second = bootstrap(environment(access), say=lines.append)
    assert second.session_token != first.session_token
    assert (works(access, first.session_token), works(access, second.session_token)) == (True, True)

    third = bootstrap(environment(access), say=lines.append)
    assert not works(access, first.session_token)
    assert (works(access, second.session_token), works(access, third.session_token)) == (True, True)

    said = "\n".join(lines)
    for secret in (first.session_token, second.session_token, third.session_token, access.password.get_secret_value()):
        assert secret not in said


def test_the_bot_may_do_no_more_than_its_work(client: CoderClient, site: CoderSite, access: CoderAccess) -> None:
    me = client.users.me()
    assert me.role_names <= {"member"}
    for forbidden in (
        lambda: client.users.create(
            email="x@example.com",
            username="x",
            password=secrets.token_urlsafe(),
            organization_id=me.organization_ids[0],
        ),
        lambda: client.users.set_roles(me.id, ["owner"]),
        lambda: client.tokens.list("admin"),
    ):
        with pytest.raises(ApiError) as refused:
            forbidden()
        assert refused.value.status in {400, 403, 404}
    assert client.users.me() == me
    assert access.password.get_secret_value() != site.token.get_secret_value()
