import pytest
from pydantic import ValidationError

from core.errors import UsageError
from sptcoder.api.errors import UnsupportedError
from sptcoder.api.models.deployment import Entitlements, Feature
from sptcoder.api.models.template import Template
from sptcoder.templates.request import PushRequest
from sptcoder.templates.settings import PREMIUM_FIELDS, TemplateSettings

_ON = Feature(entitlement="entitled", enabled=True)
_NONE = Entitlements()
_ALL = Entitlements(features=dict.fromkeys(PREMIUM_FIELDS.values(), _ON), has_license=True)


def test_two_hours_idle_need_ttl_and_bump() -> None:
    body = TemplateSettings().for_update(_NONE)
    assert body["default_ttl_ms"] == body["activity_bump_ms"] == 7_200_000


def test_zero_and_false_are_sent() -> None:
    settings = TemplateSettings(default_ttl_ms=1_800_000, activity_bump_ms=0, allow_user_cancel_workspace_jobs=False)
    body = settings.for_update(_NONE)
    assert (body["activity_bump_ms"], body["allow_user_cancel_workspace_jobs"]) == (0, False)
    # Servers up to 2.29 take these two for false when they are missing.
    assert body["allow_user_autostart"] is body["allow_user_autostop"] is True


def test_premium_fields_go_to_a_licensed_server_only() -> None:
    premium = {"failure_ttl_ms", "time_til_dormant_ms", "time_til_dormant_autodelete_ms", "require_active_version"}
    assert premium.isdisjoint(TemplateSettings().for_update(_NONE))
    assert premium <= TemplateSettings().for_update(_ALL).keys()


def test_creation_names_two_fields_differently() -> None:
    settings = TemplateSettings(time_til_dormant_ms=1, time_til_dormant_autodelete_ms=2)
    created = settings.for_creation(_ALL)
    assert (created["dormant_ttl_ms"], created["delete_ttl_ms"]) == (1, 2)
    assert created.keys().isdisjoint({"time_til_dormant_ms", "time_til_dormant_autodelete_ms"})


@pytest.mark.parametrize(("field", "feature"), sorted(PREMIUM_FIELDS.items()))
def test_a_premium_setting_is_not_ignored_in_silence(field: str, feature: str) -> None:
    changed = 60_000 if field.endswith("_ms") else not getattr(TemplateSettings(), field)
    settings = TemplateSettings.model_validate({field: changed})
    with pytest.raises(UnsupportedError, match=f"{field} need.* {feature}"):
        settings.check_licence(_NONE)
    settings.check_licence(_ALL)
    expired = Entitlements(features={feature: Feature(entitlement="not_entitled", enabled=True)})
    with pytest.raises(UnsupportedError):
        settings.check_licence(expired)


def test_a_template_that_is_set_is_recognised() -> None:
    settings = TemplateSettings(display_name="Name")
    template = Template(id="t", name="n", organization_id="o", active_version_id="v", **settings.for_update(_ALL))
    assert settings.hold_on(template, _ALL)
    assert not TemplateSettings(display_name="Name", icon="/x.svg").hold_on(template, _NONE)


@pytest.mark.parametrize(
    "wrong", [{"default_ttl_ms": -1}, {"description": "x" * 128}, {"ttl": 1}, {"default_ttl_ms": 31 * 86_400_000}]
)
def test_wrong_settings_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        TemplateSettings.model_validate(wrong)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "the text"),
        ("[]", "the text"),
        ('{"name":"a_b","directory":"d"}', "name"),
        ('{"name":"x"}', "directory: Field required"),
        ('{"name":"x","directory":"d","smoke":{"timeout_seconds":0}}', "smoke.timeout_seconds"),
        ('{"name":"x","directory":"d","variables":{"a":{"canary-value":1}}}', "variables.a"),
        ('{"name":"x","directory":"d","setings":{}}', "setings"),
    ],
)
def test_a_wrong_request_is_one_sentence_without_values(text: str, problem: str) -> None:
    with pytest.raises(UsageError, match=problem) as caught:
        PushRequest.parse(text)
    assert "canary" not in str(caught.value)
