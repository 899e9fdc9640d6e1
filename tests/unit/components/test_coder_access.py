import pytest

from components.coder_access import CoderAccess, CoderAccessArgs, rotation_period
from tests.support.recording import Registered, declare

_ARGS: CoderAccessArgs = {
    "access_url": "http://10.98.0.80",
    "version": "2.26.5",
    "admin_email": "admin@example.com",
    "admin_username": "admin",
    "bot_username": "ci-bot",
    "rotation_days": 30,
    "rotation": 7,
}


def _declare(**changes: object) -> dict[str, Registered]:
    args: CoderAccessArgs = {**_ARGS, **changes}  # type: ignore[typeddict-item] # some of its keys
    return declare(lambda: CoderAccess("access", args))


def test_the_server_is_healthy_in_its_version_before_users_are_made_one_after_the_other() -> None:
    found = _declare()
    assert found["access-healthy"].inputs["create"] == "wait-healthy"
    assert found["access-healthy"].inputs["environment"]["SPTCODER_TARGET_VERSION"] == "2.26.5"
    assert "access-healthy" in found["access-bot"].depends_on
    assert "access-bot" in found["access-reaper"].depends_on


def test_each_user_has_one_role_of_its_own() -> None:
    found = _declare()
    bot, reaper = (found[name].inputs["environment"] for name in ("access-bot", "access-reaper"))
    assert bot["SPTCODER_BOT_USERNAME"] == "ci-bot"
    assert "SPTCODER_BOT_ROLE" not in bot  # the least that can push templates is the verb's own default
    assert reaper["SPTCODER_BOT_USERNAME"] == "spt-reaper"
    assert reaper["SPTCODER_BOT_ROLE"] == "organization-admin"


def test_the_password_and_the_tokens_are_secrets_and_never_arguments() -> None:
    found = _declare()
    for name in ("access-bot", "access-reaper"):
        entry = found[name]
        assert "environment.SPTCODER_ADMIN_PASSWORD" in entry.secrets
        assert entry.inputs["environment"]["SPTCODER_ADMIN_PASSWORD"] == "generated-password"  # noqa: S105 - the mock's
        assert "stdout" in entry.secret_outputs
        assert entry.inputs["logging"] == "stderr"
        assert "generated-password" not in f"{entry.inputs['create']}{entry.inputs['interpreter']}"


def test_another_period_makes_new_tokens_and_nothing_else_does() -> None:
    triggers = [_declare(rotation=number)["access-bot"].inputs["triggers"] for number in (7, 7, 8)]
    assert triggers[0] == triggers[1] != triggers[2]
    assert _declare()["access-bot"].inputs["environment"]["SPTCODER_TOKEN_DAYS"] == "60"  # noqa: S105 - no password


@pytest.mark.parametrize(("day", "period"), [(0, 0), (29.9, 0), (30, 1), (59, 1), (60, 2)])
def test_periods(day: float, period: int) -> None:
    assert rotation_period(day * 86400, 30) == period
