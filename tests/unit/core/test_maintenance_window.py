"""When a stack may be maintained."""

import datetime as dt
from pathlib import Path

import pytest

from ci.stack_name import check_stack_name
from ci.stack_settings import stack_settings
from core.business_hours import BusinessHours
from core.errors import UsageError
from core.maintenance_window import check_window, plain_reason

OFFICE = BusinessHours.parse("Mon-Fri", "09:00-17:00", "UTC")
AT_WORK = dt.datetime(2026, 11, 20, 10, 0, tzinfo=dt.UTC)
AT_HOME = dt.datetime(2026, 11, 20, 18, 30, tzinfo=dt.UTC)


def test_outside_business_hours_it_is_open() -> None:
    verdict = check_window(OFFICE, AT_HOME)
    assert verdict.is_open
    assert verdict.sentence == "It is outside business hours (Fri 18:30 UTC)."


def test_within_them_it_is_closed_and_says_until_when() -> None:
    verdict = check_window(OFFICE, AT_WORK)
    assert not verdict.is_open
    assert verdict.sentence == "It is within business hours, which end at Fri 17:00 UTC."


def test_a_reason_opens_it_and_is_written_down() -> None:
    verdict = check_window(OFFICE, AT_WORK, override="mends an outage\n::set-output::\x1b[31m")
    assert verdict.is_open
    assert verdict.sentence.endswith("overridden with the reason: mends an outage ::set-output::[31m")


@pytest.mark.parametrize("override", ["", "   ", "\n"])
def test_no_reason_is_no_override(override: str) -> None:
    assert not check_window(OFFICE, AT_WORK, override=override).is_open


def test_a_stack_without_hours_is_always_open() -> None:
    assert check_window(None, AT_WORK).is_open


def test_prod_has_a_window_and_staging_has_none() -> None:
    assert stack_settings("staging").deployment.closed_hours() is None
    hours = stack_settings("prod").deployment.closed_hours()
    assert hours is not None
    assert hours.cover(AT_WORK)
    assert not hours.cover(AT_HOME)


def test_the_lab_is_nothing_ci_deploys() -> None:
    with pytest.raises(UsageError, match="is the embedded lab's"):
        stack_settings("dev")


@pytest.mark.parametrize("name", ["", "unknown", "../prod", "prod; rm", "PROD", "prod\n"])
def test_an_unknown_stack_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="is unknown"):
        check_stack_name(name)


def test_a_stack_is_known_by_its_file(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.blue.yaml").touch()
    assert check_stack_name("blue", tmp_path) == "blue"


def test_a_reason_that_was_not_needed_is_no_override() -> None:
    assert check_window(OFFICE, AT_HOME, override="just in case").override == ""
    assert check_window(None, AT_WORK, override="just in case").override == ""
    assert check_window(OFFICE, AT_WORK, override=" mends\tan outage ").override == "mends an outage"


def test_a_reason_is_one_plain_line() -> None:
    assert plain_reason("a\nb\x1b[2J\u2028") == "a b[2J"
