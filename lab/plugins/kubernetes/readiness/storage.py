"""When storage is ready: volumes and the claims on them."""

__all__ = ["judge_claim", "judge_volume"]

from lab.plugins.kubernetes.manifest import Manifest, pluck
from lab.plugins.kubernetes.readiness.verdict import Surroundings, Verdict


def judge_claim(claim: Manifest, surroundings: Surroundings) -> Verdict:
    """Ready when bound, or when its class binds it only once a pod uses it."""
    phase = pluck(claim, "status", "phase") or "not seen yet"
    if phase == "Bound":
        return Verdict(ready=True)
    name = pluck(claim, "spec", "storageClassName")
    found = surroundings.storage_classes.get(name or "")
    if phase == "Pending" and found and found.get("volumeBindingMode") == "WaitForFirstConsumer":
        return Verdict(ready=True, status="Bound as soon as a pod uses it")
    reasons = [f"It is {phase}, not Bound."]
    if phase == "Pending" and name and found is None:
        reasons.append(f"There is no StorageClass '{name}'.")
    elif phase == "Pending" and name is None:
        reasons.append("It names no StorageClass, and the cluster has no default one.")
    return Verdict(ready=False, status=f"Waiting to be bound ({phase})", reasons=tuple(reasons))


def judge_volume(volume: Manifest, _surroundings: Surroundings) -> Verdict:
    """Ready when available or bound."""
    phase = pluck(volume, "status", "phase") or "not seen yet"
    if phase in {"Available", "Bound"}:
        return Verdict(ready=True)
    return Verdict(ready=False, status=f"Waiting to be available ({phase})", reasons=(f"It is {phase}.",))
