"""When a Pod is ready, and why it is not: scheduling, volumes, image pulls, crashes, probes."""

__all__ = ["judge", "troubles"]

from collections.abc import Iterator
from typing import Any

from lab.plugins.kubernetes.manifest import Manifest, name_of, pluck
from lab.plugins.kubernetes.readiness.verdict import Surroundings, Verdict, conditions

_HARMLESS = frozenset({"ContainerCreating", "PodInitializing", ""})


def _statuses(pod: Manifest) -> Iterator[Manifest]:
    for kind in ("initContainerStatuses", "containerStatuses"):
        listed = pluck(pod, "status", kind)
        yield from (one for one in listed if isinstance(one, dict)) if isinstance(listed, list) else ()


def _ended(state: Any) -> str:  # noqa: ANN401 - an API object
    code, reason = state.get("exitCode"), state.get("reason")
    message = str(state.get("message") or "").strip()
    how = f"exit code {code}" + (f", {reason}" if reason not in {None, "Error", "Completed"} else "")
    return how + (f": {message}" if message else "")


def _container_troubles(status: Manifest, *, runs_once: bool) -> Iterator[str]:
    name = status.get("name")
    waiting = pluck(status, "state", "waiting") or {}
    if (reason := str(waiting.get("reason") or "")) not in _HARMLESS:
        message = str(waiting.get("message") or "").strip()
        yield f"container '{name}' waits with {reason}" + (f": {message}" if message else "")
    ended = pluck(status, "state", "terminated")
    if ended and (ended.get("exitCode") or not runs_once):
        yield f"container '{name}' ended with {_ended(ended)}"
    before = pluck(status, "lastState", "terminated")
    if before and not ended and not status.get("ready"):
        yield f"container '{name}' ended before with {_ended(before)} (restarts: {status.get('restartCount', 0)})"
    if pluck(status, "state", "running") is not None and not status.get("ready") and not before and not runs_once:
        yield f"container '{name}' runs but its readiness or startup probe has not succeeded"


def troubles(pod: Manifest) -> list[str]:
    """Return what keeps a pod from being ready, one sentence each; none for a pod that is ready or merely starting."""
    if pluck(pod, "status", "phase") == "Succeeded" or conditions(pod).get("Ready", {}).get("status") == "True":
        return []
    found = []
    scheduled = conditions(pod).get("PodScheduled", {})
    if scheduled.get("status") == "False":
        found.append(f"it is not scheduled: {scheduled.get('message') or scheduled.get('reason') or 'no reason given'}")
    init = {one.get("name") for one in pluck(pod, "status", "initContainerStatuses") or []}
    runs_once_all = pluck(pod, "spec", "restartPolicy") in {"Never", "OnFailure"}
    for status in _statuses(pod):
        found.extend(_container_troubles(status, runs_once=runs_once_all or status.get("name") in init))
    message = pluck(pod, "status", "message")
    if message and pluck(pod, "status", "phase") == "Failed":
        found.append(f"it failed: {message}")
    return [f"Pod '{name_of(pod)}': {one.rstrip('.')}." for one in found]


def judge(pod: Manifest, _surroundings: Surroundings) -> Verdict:
    """Ready when the Ready condition holds or the pod has succeeded."""
    phase = pluck(pod, "status", "phase") or "Pending"
    found = conditions(pod)
    if phase == "Succeeded" or found.get("Ready", {}).get("status") == "True":
        return Verdict(ready=True)
    reasons = tuple(troubles(pod))
    never_again = phase == "Failed" and pluck(pod, "spec", "restartPolicy") == "Never"
    if found.get("PodScheduled", {}).get("status") != "True":
        return Verdict(ready=False, status="Waiting for the pod to be scheduled", reasons=reasons, hopeless=never_again)
    if found.get("Initialized", {}).get("status") != "True":
        return Verdict(ready=False, status="Waiting for the init containers", reasons=reasons, hopeless=never_again)
    return Verdict(
        ready=False, status=f"Waiting for the pod to be ready ({phase})", reasons=reasons, hopeless=never_again
    )
