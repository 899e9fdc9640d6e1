"""When a CustomResourceDefinition is ready: the API server serves its objects."""

__all__ = ["judge"]

from lab.plugins.kubernetes.manifest import Manifest
from lab.plugins.kubernetes.readiness.verdict import Surroundings, Verdict, conditions


def judge(definition: Manifest, _surroundings: Surroundings) -> Verdict:
    """Ready when established; names that another definition has taken never will be."""
    found = conditions(definition)
    if found.get("Established", {}).get("status") == "True":
        return Verdict(ready=True)
    names = found.get("NamesAccepted", {})
    if names.get("status") == "False":
        message = f"Its names are not accepted: {str(names.get('message') or names.get('reason')).rstrip('.')}."
        return Verdict(ready=False, status="The names are taken", reasons=(message,), hopeless=True)
    return Verdict(ready=False, status="Waiting to be established", reasons=("It is not established.",))
