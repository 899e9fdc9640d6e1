"""When an Ingress is ready: it has an address, and the Services it routes to exist."""

__all__ = ["judge"]

from lab.plugins.kubernetes.manifest import Manifest, name_of, pluck
from lab.plugins.kubernetes.readiness.verdict import Surroundings, Verdict

_SETTLING = 60.0
"""Seconds after which a missing Service no longer holds up the Ingress: it may be another's to make."""


def _backends(ingress: Manifest) -> set[str]:
    rules = pluck(ingress, "spec", "rules") or []
    backends = [path.get("backend") for rule in rules for path in pluck(rule, "http", "paths") or []]
    backends.append(pluck(ingress, "spec", "defaultBackend"))
    return {name for backend in backends if isinstance(name := pluck(backend, "service", "name"), str)}


def judge(ingress: Manifest, surroundings: Surroundings) -> Verdict:
    """Ready when a controller gave it an address and every Service it names exists."""
    missing = sorted(_backends(ingress) - {name_of(service) for service in surroundings.services})
    addressed = bool(pluck(ingress, "status", "loadBalancer", "ingress"))
    if addressed and (not missing or surroundings.waited >= _SETTLING):
        return Verdict(ready=True, status=f"No Service {', '.join(missing)}" if missing else "")
    reasons = [f"The Service '{name}' it routes to does not exist." for name in missing]
    if not addressed:
        reasons.append("It has no address: is there an ingress controller for its class in the cluster?")
    status = f"Waiting for the Service {', '.join(missing)}" if missing else "Waiting for an address"
    return Verdict(ready=False, status=status, reasons=tuple(reasons))
