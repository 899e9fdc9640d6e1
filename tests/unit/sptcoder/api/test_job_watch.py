import pytest

from sptcoder.api.client import CoderClient
from sptcoder.api.job_watch import JobFailedError, Stopwatch, watch_job
from sptcoder.api.models.job import Job, JobLog
from tests.standins.coderd.fault import Fault
from tests.standins.coderd.server import Coderd
from tests.unit.sptcoder.conftest import NoWait


class _Job:
    """A job whose lines come in portions; the states and the portions are one list."""

    def __init__(self, *steps: tuple[str, int], level: str = "info") -> None:
        self.steps = list(steps)
        self.level = level
        self.written = 0
        self.asked_after: list[int] = []

    def job(self) -> Job:
        status, lines = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        self.written = max(self.written, lines)
        return Job(id="j", status=status, error="exit status 1" if status == "failed" else "")

    def logs(self, *, after: int) -> tuple[JobLog, ...]:
        self.asked_after.append(after)
        return tuple(
            JobLog(id=number, log_level=self.level, output=f"line {number}")
            for number in range(after + 1, self.written + 1)
        )


def test_each_line_once_in_order(stopwatch: Stopwatch) -> None:
    job, shown = _Job(("pending", 0), ("running", 2), ("running", 2), ("succeeded", 5)), list[JobLog]()
    watch_job("The job", job=job.job, logs=job.logs, show=shown.append, timeout=60, stopwatch=stopwatch)
    assert [line.id for line in shown] == [1, 2, 3, 4, 5]
    assert job.asked_after == [0, 0, 2, 2]


def test_a_failure_shows_the_last_error_lines(stopwatch: Stopwatch) -> None:
    job = _Job(("failed", 30), level="error")
    with pytest.raises(JobFailedError) as caught:
        watch_job("The job", job=job.job, logs=job.logs, show=lambda _: None, timeout=60, stopwatch=stopwatch)
    assert caught.value.lines == tuple(f"line {number}" for number in range(21, 31))
    assert caught.value.message.startswith("The job failed: exit status 1\n    line 21\n")


def test_a_failure_without_error_lines_shows_the_last_ones(stopwatch: Stopwatch) -> None:
    job = _Job(("canceled", 3))
    with pytest.raises(JobFailedError, match="The job canceled: the server gives no reason") as caught:
        watch_job("The job", job=job.job, logs=job.logs, show=lambda _: None, timeout=60, stopwatch=stopwatch)
    assert caught.value.lines == ("line 1", "line 2", "line 3")


def test_a_job_that_does_not_end_is_given_up(stopwatch: Stopwatch, no_wait: NoWait) -> None:
    job = _Job(("running", 1))
    with pytest.raises(JobFailedError, match="The job took too long: not finished after 60 s"):
        watch_job("The job", job=job.job, logs=job.logs, show=lambda _: None, timeout=60, stopwatch=stopwatch)
    assert 60 <= no_wait.now < 62
    assert max(no_wait.slept) <= 1.0


def test_a_dropped_answer_loses_no_line_and_repeats_none(
    coderd: Coderd, client: CoderClient, stopwatch: Stopwatch
) -> None:
    coderd.platform.jobs.script.import_status = "failed"
    version = client.template_versions.create(file_id="f", name="n", message="m", variables={}, template_id=None)
    logs = f"/api/v2/templateversions/{version.id}/logs"
    coderd.faults += [Fault("GET", logs, kind, after=1) for kind in ("truncate", "drop", "drop-after", "status")]
    shown: list[JobLog] = []
    with pytest.raises(JobFailedError) as caught:
        watch_job(
            "The import",
            job=lambda: client.template_versions.get(version.id).job,
            logs=lambda *, after: client.template_versions.logs(version.id, after=after),
            show=shown.append,
            timeout=60,
            stopwatch=stopwatch,
        )
    assert [line.output for line in shown] == ["line 1", "line 2", "line 3", "Error: no such thing"]
    assert caught.value.lines == ("Error: no such thing",)
    assert [fault.times for fault in coderd.faults] == [0, 0, 0, 0]
