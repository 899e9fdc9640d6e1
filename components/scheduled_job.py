"""The CronJobs that act on the platform itself: one run at a time, none that hangs, none repeated in a hurry."""

__all__ = ["build_scheduled_job"]

import pulumi

from components.manifest import Manifest, object_metadata
from core.kubernetes_names import object_labels


def build_scheduled_job(
    name: str,
    namespace: str,
    component: str,
    *,
    schedule: pulumi.Input[str],
    deadline_seconds: int,
    pod: Manifest,
) -> Manifest:
    """Return the CronJob; `schedule` is in UTC, `pod` the specification of its pods.

    A run that fails is not tried again: the next one sees what is left.
    """
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": object_metadata(name, namespace, component),
        "spec": {
            "schedule": schedule,
            "timeZone": "Etc/UTC",
            "concurrencyPolicy": "Forbid",
            # A run that could not start in time is left out. Without this, a hundred missed ones stop the CronJob.
            "startingDeadlineSeconds": 120,
            "successfulJobsHistoryLimit": 1,
            "failedJobsHistoryLimit": 3,
            "suspend": False,
            "jobTemplate": {
                "spec": {
                    "backoffLimit": 0,
                    "activeDeadlineSeconds": deadline_seconds,
                    "ttlSecondsAfterFinished": 24 * 3600,
                    "template": {"metadata": {"labels": object_labels(name, component)}, "spec": pod},
                }
            },
        },
    }
