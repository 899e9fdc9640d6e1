"""When a ReplicaSet or ReplicationController is ready: every wanted replica is available."""

__all__ = ["judge"]

from lab.plugins.kubernetes.manifest import Manifest
from lab.plugins.kubernetes.readiness.pod import troubles
from lab.plugins.kubernetes.readiness.verdict import Surroundings, Verdict, conditions, number, observed


def judge(controller: Manifest, surroundings: Surroundings) -> Verdict:
    """Ready when as many replicas are available as are wanted."""
    if not observed(controller):
        return Verdict(ready=False, status="Waiting for the replica controller")
    wanted = number(controller, "spec", "replicas", default=1)
    available = number(controller, "status", "availableReplicas")
    if available == wanted:
        return Verdict(ready=True)
    failure = conditions(controller).get("ReplicaFailure", {})
    reasons = [f"{available} of {wanted} replicas are available."]
    if failure.get("status") == "True":
        reasons.append(f"{failure.get('reason')}: {str(failure.get('message') or '').rstrip('.')}.")
    reasons += [sentence for pod in surroundings.pods for sentence in troubles(pod)]
    status = f"Waiting for the replicas ({available}/{wanted} available)"
    return Verdict(ready=False, status=status, reasons=tuple(reasons))
