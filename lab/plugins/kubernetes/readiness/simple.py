"""Readiness of kinds for which one field says it all."""

__all__ = ["judge_quota", "judge_token_secret"]

from lab.plugins.kubernetes.manifest import Manifest, pluck
from lab.plugins.kubernetes.quantity import same_quantity
from lab.plugins.kubernetes.readiness.verdict import Surroundings, Verdict


def judge_quota(quota: Manifest, _surroundings: Surroundings) -> Verdict:
    """Ready when the quota controller has taken over the limits: from then on they hold."""
    wanted = pluck(quota, "spec", "hard") or {}
    known = pluck(quota, "status", "hard") or {}
    same = wanted.keys() == known.keys() and all(
        amount == known[name] or same_quantity(("hard", name), amount, known[name]) for name, amount in wanted.items()
    )
    if same:
        return Verdict(ready=True)
    return Verdict(ready=False, status="Waiting for the quota controller", reasons=("Its limits do not hold yet.",))


def judge_token_secret(secret: Manifest, _surroundings: Surroundings) -> Verdict:
    """Ready at once, but for a service account's token, which a controller fills in."""
    if secret.get("type") != "kubernetes.io/service-account-token" or secret.get("data"):
        return Verdict(ready=True)
    return Verdict(ready=False, status="Waiting for the token", reasons=("The token was not issued.",))
