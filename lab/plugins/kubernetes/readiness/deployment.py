"""When a Deployment is ready: its latest revision is rolled out and available."""

__all__ = ["judge"]

from lab.plugins.kubernetes.manifest import Manifest, name_of, pluck
from lab.plugins.kubernetes.readiness.pod import troubles
from lab.plugins.kubernetes.readiness.verdict import Surroundings, Verdict, conditions, number, observed


def _claim_troubles(surroundings: Surroundings) -> list[str]:
    return [
        f"PersistentVolumeClaim '{name_of(claim)}' is {pluck(claim, 'status', 'phase') or 'not seen yet'}, not Bound."
        for claim in surroundings.claims
        if pluck(claim, "status", "phase") != "Bound"
    ]


def _condition_troubles(deployment: Manifest) -> list[str]:
    found = conditions(deployment)
    bad = [found[name] for name in ("ReplicaFailure",) if found.get(name, {}).get("status") == "True"]
    bad += [found[name] for name in ("Progressing",) if found.get(name, {}).get("status") == "False"]
    return [f"{one.get('reason')}: {str(one.get('message') or '').rstrip('.')}." for one in bad]


def judge(deployment: Manifest, surroundings: Surroundings) -> Verdict:
    """Ready when every wanted replica is of the latest revision and available, and no older one is left."""
    if not observed(deployment):
        return Verdict(ready=False, status="Waiting for the deployment controller")
    wanted = number(deployment, "spec", "replicas", default=1)
    updated = number(deployment, "status", "updatedReplicas")
    available = number(deployment, "status", "availableReplicas")
    existing = number(deployment, "status", "replicas")
    is_available = conditions(deployment).get("Available", {}).get("status") == "True"
    if pluck(deployment, "spec", "paused") is True:
        return Verdict(ready=True, status="The rollout is paused")
    if updated >= wanted and existing <= updated and available >= wanted and (is_available or wanted == 0):
        return Verdict(ready=True, status="Scaled to 0 replicas" if wanted == 0 else "")
    pods_ready = min(updated, available)
    status = f"Waiting for the rollout ({pods_ready}/{wanted} pods of the latest revision available)"
    if updated >= wanted and existing > updated:
        status = f"Waiting for {existing - updated} pod(s) of older revisions to end"
    reasons = [
        f"{pods_ready} of {wanted} pods of the latest revision are available.",
        *_condition_troubles(deployment),
        *_claim_troubles(surroundings),
        *(sentence for pod in _latest(surroundings) for sentence in troubles(pod)),
    ]
    return Verdict(ready=False, status=status, reasons=tuple(reasons))


def _latest(surroundings: Surroundings) -> list[Manifest]:
    """Return the pods of the newest revision, or all where revisions cannot be told."""
    if not surroundings.replica_sets:
        return list(surroundings.pods)

    def revision(replica_set: Manifest) -> int:
        written = pluck(replica_set, "metadata", "annotations", "deployment.kubernetes.io/revision")
        return int(written) if isinstance(written, str) and written.isdigit() else 0

    newest = pluck(max(surroundings.replica_sets, key=revision), "metadata", "uid")
    return [
        pod
        for pod in surroundings.pods
        if any(owner.get("uid") == newest for owner in pluck(pod, "metadata", "ownerReferences") or [])
    ]
