"""When a Job is ready: it has completed."""

__all__ = ["judge"]

from lab.plugins.kubernetes.manifest import Manifest, pluck
from lab.plugins.kubernetes.readiness.pod import troubles
from lab.plugins.kubernetes.readiness.verdict import Surroundings, Verdict, conditions, number


def judge(job: Manifest, surroundings: Surroundings) -> Verdict:
    """Ready when complete; a failed Job never will be. A suspended one waits for somebody else, not for us."""
    found = conditions(job)
    if found.get("Complete", {}).get("status") == "True":
        return Verdict(ready=True)
    if pluck(job, "spec", "suspend") is True:
        return Verdict(ready=True, status="It is suspended")
    pods = tuple(sentence for pod in surroundings.pods for sentence in troubles(pod))
    failed = found.get("Failed", {})
    if failed.get("status") == "True":
        message = f"{failed.get('reason')}: {str(failed.get('message') or '').rstrip('.')}."
        return Verdict(ready=False, status="The job failed", reasons=(message, *pods), hopeless=True)
    counts = ", ".join(f"{name} {number(job, 'status', name)}" for name in ("active", "succeeded", "failed"))
    if pluck(job, "status", "startTime") is None:
        return Verdict(ready=False, status="Waiting for the job to start", reasons=("It has not started.", *pods))
    return Verdict(
        ready=False, status=f"Waiting for the job to complete ({counts})", reasons=(f"It runs: {counts}.", *pods)
    )
