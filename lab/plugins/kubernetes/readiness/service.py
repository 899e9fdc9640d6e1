"""When a Service is ready: it has an address, and the pods it selects are ready."""

__all__ = ["judge"]

from lab.plugins.kubernetes.manifest import Manifest, pluck
from lab.plugins.kubernetes.readiness.verdict import Surroundings, Verdict

_SETTLING = 10.0
"""Seconds after which a Service that selects no pod is taken to be meant so."""


def _endpoints(surroundings: Surroundings) -> tuple[int, int]:
    """Return how many endpoints are ready and how many are not."""
    ready = pending = 0
    for part in surroundings.endpoint_slices:
        for endpoint in part.get("endpoints") or []:
            # An endpoint that says nothing is ready; one that is ending is no longer waited for.
            if pluck(endpoint, "conditions", "ready") is not False:
                ready += 1
            elif not pluck(endpoint, "conditions", "terminating"):
                pending += 1
    return ready, pending


def judge(service: Manifest, surroundings: Surroundings) -> Verdict:
    """Ready with an address (load balancers) and, where it selects pods, when none of them is unready."""
    kind = pluck(service, "spec", "type") or "ClusterIP"
    reasons = []
    if kind == "LoadBalancer" and not pluck(service, "status", "loadBalancer", "ingress"):
        reasons.append("It has no load balancer address: is there a load balancer controller in the cluster?")
    selects = bool(pluck(service, "spec", "selector")) and kind != "ExternalName"
    status = "Waiting for the load balancer's address"
    if selects and pluck(service, "spec", "clusterIP") != "None":
        ready, pending = _endpoints(surroundings)
        if pending:
            status = f"Waiting for the pods it selects ({ready}/{ready + pending} ready)"
            reasons.append(f"{pending} of {ready + pending} pods it selects are not ready.")
        elif not ready and surroundings.waited < _SETTLING:
            status = "Waiting for pods to select"
            reasons.append("It selects no pod: its selector may match no pod's labels.")
    return Verdict(ready=not reasons, status="" if not reasons else status, reasons=tuple(reasons))
