from typing import Any

import pytest

from ci.stack_settings import stack_settings
from policies.config_file import CONFIG_FOLDER, read_config
from policies.rules.business_hours import BUSINESS_HOURS, MaintenanceJobs
from tests.support.analyzer import UNKNOWN, StackItem
from tests.support.judged import Judged, exempting, judged
from tests.support.program import program_of

_CONFIG: dict[str, Any] = {"jobs": ["CronJob tools/sweep"], "businessTimeZone": "Europe/Berlin"}
_NAME = BUSINESS_HOURS.words.name


def _job(schedule: object = "0 2 * * *", deadline: object = 3600, name: object = "sweep", **spec: object) -> StackItem:
    template = {"spec": {} if deadline is None else {"activeDeadlineSeconds": deadline}}
    props = {
        "metadata": {"name": name, "namespace": "tools"},
        "spec": {"schedule": schedule, "jobTemplate": template, **spec},
    }
    return StackItem("kubernetes:batch/v1:CronJob", props, "job")


def _judged(item: StackItem, **config: Any) -> Judged:  # noqa: ANN401 - any setting
    return judged(BUSINESS_HOURS, item.type, item.props, **{**_CONFIG, **config})


@pytest.mark.parametrize("schedule", ["0 2 * * *", "@daily", "47 3 1 * *", "0 12 * * 0", "0 12 * * 6", "0 15 * * 5"])
def test_nights_and_days_off(schedule: str) -> None:
    free_friday = {"businessDays": "Mon-Thu"} if schedule.endswith("5") else {}
    assert _judged(_job(schedule), **free_friday) == Judged([], [])


@pytest.mark.parametrize(
    ("schedule", "said"),
    [
        ("0 12 * * *", "starts at Wed 13:00 Europe/Berlin"),
        ("*/30 * * * *", "starts at Wed 09:00"),
        # By UTC it is before them in winter and within them in summer.
        ("30 7 * * *", "starts at Mon 09:30"),
        ("0 12 29 2 *", "starts at Tue 13:00"),
    ],
)
def test_schedules_that_reach_into_business_hours(schedule: str, said: str) -> None:
    (sentence,) = _judged(_job(schedule, 60)).sentences
    assert sentence.startswith(f"CronJob 'tools/sweep' must keep out of business hours: its schedule '{schedule}' ")
    assert said in sentence


def test_a_job_that_could_still_run_when_people_come() -> None:
    assert _judged(_job("0 6 * * *", 3600)) == Judged([], [])
    (sentence,) = _judged(_job("0 6 * * *", 3601)).sentences
    assert "may still run, by its activeDeadlineSeconds, when it starts at Mon 08:00" in sentence


def test_a_schedule_on_a_clock_of_its_own() -> None:
    assert _judged(_job("30 7 * * *", timeZone="Europe/Berlin")) == Judged([], [])
    assert len(_judged(_job("0 20 * * *", timeZone="Asia/Tokyo")).sentences) == 1
    assert _judged(_job(timeZone="Nowhere/None")).sentences == [
        "CronJob 'tools/sweep' must have a time zone that is known."
    ]


@pytest.mark.parametrize("schedule", ["", None, 7, ["0", "2"], "@every 1h", "TZ=UTC 0 2 * * *", "0 2 * * MON"])
def test_a_schedule_that_nobody_can_judge(schedule: object) -> None:
    (sentence,) = _judged(_job(schedule)).sentences
    assert sentence.startswith("CronJob 'tools/sweep' must have a schedule of five fields")


@pytest.mark.parametrize("deadline", [None, 0, -5, "3600", True, 1.5, 8 * 24 * 3600])
def test_a_job_that_never_has_to_end(deadline: object) -> None:
    (sentence,) = _judged(_job(deadline=deadline)).sentences
    assert sentence == "CronJob 'tools/sweep' must end some time: it needs activeDeadlineSeconds, at most a week."


def test_other_jobs_run_when_they_like() -> None:
    assert _judged(_job("* * * * *", None, name="reaper")) == Judged([], [])
    assert _judged(_job("* * * * *"), jobs=[]) == Judged([], [])


def test_unknown_values() -> None:
    for job in (_job(UNKNOWN), _job(deadline=UNKNOWN), _job(timeZone=UNKNOWN)):
        found = _judged(job)
        assert (found.sentences, len(found.open)) == ([], 1)


def test_an_exemption_counts_until_its_day() -> None:
    assert _judged(_job("0 12 * * *"), exemptions=exempting("CronJob tools/sweep")).sentences == []
    ended = exempting("CronJob tools/sweep", expires="2020-01-01")
    assert len(_judged(_job("0 12 * * *"), exemptions=ended).sentences) == 1


def _needs(stack: str) -> MaintenanceJobs:
    return MaintenanceJobs.from_config(read_config(CONFIG_FOLDER / f"{stack}.json").of(_NAME).properties)


@pytest.mark.parametrize("stack", ["staging", "prod"])
def test_the_hours_are_those_of_the_stacks_settings(stack: str) -> None:
    needs, closed = _needs(stack), stack_settings(stack).deployment.closed_hours()
    assert bool(needs.jobs) is (closed is not None)
    assert closed is None or closed == needs.hours


def test_prods_jobs_are_those_of_its_program() -> None:
    found = {
        f"CronJob {each.inputs['metadata']['namespace']}/{each.inputs['metadata']['name']}"
        for each in program_of("prod").values()
        if each.type == "kubernetes:batch/v1:CronJob"
    }
    assert _needs("prod").jobs <= found
