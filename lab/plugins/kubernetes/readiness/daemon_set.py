"""When a DaemonSet is ready: its latest version runs and is available on every node it is for."""

__all__ = ["judge"]

from lab.plugins.kubernetes.manifest import Manifest, pluck
from lab.plugins.kubernetes.readiness.pod import troubles
from lab.plugins.kubernetes.readiness.verdict import Surroundings, Verdict, number, observed


def judge(daemon_set: Manifest, surroundings: Surroundings) -> Verdict:
    """Ready when every wanted pod is of the latest version and available; with OnDelete the user rolls them."""
    if not observed(daemon_set):
        return Verdict(ready=False, status="Waiting for the daemon set controller")
    wanted = number(daemon_set, "status", "desiredNumberScheduled")
    updated = number(daemon_set, "status", "updatedNumberScheduled")
    available = number(daemon_set, "status", "numberAvailable")
    ready = number(daemon_set, "status", "numberReady")
    if pluck(daemon_set, "spec", "updateStrategy", "type") == "OnDelete":
        updated = wanted
    if min(updated, available, ready) >= wanted:
        return Verdict(ready=True, status="It is for no node" if wanted == 0 else "")
    done = min(updated, available, ready)
    reasons = [
        f"{done} of {wanted} pods are of the latest version and available.",
        *(sentence for pod in surroundings.pods for sentence in troubles(pod)),
    ]
    return Verdict(ready=False, status=f"Waiting for the pods ({done}/{wanted} available)", reasons=tuple(reasons))
