"""Provisioner jobs: the runs of Terraform behind each template version and each workspace build."""

__all__ = ["FINISHED", "Job", "JobLog"]

from typing import Final

from sptcoder.api.models.base import ApiModel, ZeroTime

FINISHED: Final = frozenset({"succeeded", "failed", "canceled"})
"""The states a job does not leave."""


class Job(ApiModel):
    """A job; `status` is pending, running, succeeded, canceling, canceled or failed."""

    id: str
    status: str
    error: str = ""
    error_code: str = ""
    file_id: str = ""
    created_at: ZeroTime = None
    started_at: ZeroTime = None
    completed_at: ZeroTime = None
    queue_position: int = 0
    queue_size: int = 0

    @property
    def is_finished(self) -> bool:
        """Say whether the job has come to its end."""
        return self.status in FINISHED


class JobLog(ApiModel):
    """One line a job wrote; `id` grows, and is what `after=` takes."""

    id: int
    log_source: str = ""
    log_level: str = ""
    stage: str = ""
    output: str = ""
