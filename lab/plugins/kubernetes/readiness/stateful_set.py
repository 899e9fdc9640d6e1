"""When a StatefulSet is ready: its update is rolled out and every replica is ready."""

__all__ = ["judge"]

from lab.plugins.kubernetes.manifest import Manifest, generation_of, pluck
from lab.plugins.kubernetes.readiness.pod import troubles
from lab.plugins.kubernetes.readiness.verdict import Surroundings, Verdict, number, observed


def judge(stateful_set: Manifest, surroundings: Surroundings) -> Verdict:
    """Ready when all replicas are ready and of the latest revision; with OnDelete the user rolls them, not we."""
    if not observed(stateful_set):
        return Verdict(ready=False, status="Waiting for the stateful set controller")
    wanted = number(stateful_set, "spec", "replicas", default=1)
    ready = number(stateful_set, "status", "readyReplicas")
    existing = number(stateful_set, "status", "replicas")
    current, latest = (pluck(stateful_set, "status", name) or "" for name in ("currentRevision", "updateRevision"))
    on_delete = pluck(stateful_set, "spec", "updateStrategy", "type") == "OnDelete"
    partition = number(stateful_set, "spec", "updateStrategy", "rollingUpdate", "partition")
    replicas_ready = ready == existing == wanted
    by_hand = (on_delete and generation_of(stateful_set) > 1) or (partition > 0 and _partition_done(stateful_set))
    if replicas_ready and (by_hand or current == latest != ""):
        return Verdict(ready=True)
    if replicas_ready:
        status = "Waiting for the update to become the current revision"
        reasons = [f"The revision is still '{current}', not '{latest}'."]
    else:
        status = f"Waiting for the replicas ({ready}/{wanted} ready)"
        reasons = [f"{ready} of {wanted} replicas are ready."]
    reasons += [sentence for pod in surroundings.pods for sentence in troubles(pod)]
    return Verdict(ready=False, status=status, reasons=tuple(reasons))


def _partition_done(stateful_set: Manifest) -> bool:
    wanted = number(stateful_set, "spec", "replicas", default=1)
    partition = number(stateful_set, "spec", "updateStrategy", "rollingUpdate", "partition")
    return number(stateful_set, "status", "updatedReplicas") >= max(wanted - partition, 0)
