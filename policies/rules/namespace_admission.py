"""Rule: namespaces whose pods no preview sees have admission policies that the API server holds those pods to."""

__all__ = ["NAMESPACE_ADMISSION", "RequiredPolicies", "check"]

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from core.fields import Field
from policies.findings import Findings
from policies.resource import Manifest, Resource
from policies.rule import RuleWords, StackRule
from policies.subjects.label_selector import selects

_GROUP: Final = "admissionregistration.k8s.io"
_POLICY: Final = "ValidatingAdmissionPolicy"
_BINDING: Final = "ValidatingAdmissionPolicyBinding"
_NAME_LABEL: Final = "kubernetes.io/metadata.name"
_NAMES: Final = {"type": "array", "items": {"type": "string", "minLength": 1}}


@dataclass(frozen=True)
class RequiredPolicies:
    """Names of the admission policies each namespace needs."""

    of_namespace: Mapping[str, Sequence[str]]

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Read the rule's configuration."""
        return cls(config.get("policies", {}))


def check(resources: Sequence[Resource], required: RequiredPolicies, findings: Findings) -> None:
    """Report namespaces without one of their policies, or for which it is not bound so that it refuses."""
    manifests = [manifest for resource in resources for manifest in resource.manifests(findings)]
    policies = [each for each in manifests if (each.group, each.kind) == (_GROUP, _POLICY)]
    bindings = [each for each in manifests if (each.group, each.kind) == (_GROUP, _BINDING)]
    for place in manifests:
        if (place.group, place.kind) != ("core", "Namespace"):
            continue
        name = _name(place)
        if findings.is_open(name):
            continue
        for wanted in required.of_namespace.get(name.string(), ()):
            complaint = _policy_complaint(wanted, policies, findings)
            if complaint is None:
                complaint = _binding_complaint(wanted, place, bindings, findings)
            if complaint is not None:
                findings.violation(place.subject, f"{place.subject.title} must have {complaint}")


def _policy_complaint(wanted: str, policies: Sequence[Manifest], findings: Findings) -> str | None:
    """Return what is wrong with the policy of that name, None if it is there and strict, or that is open."""
    named = [each for each in policies if _name(each).text() == wanted]
    # One whose name is unknown may be it.
    candidates = named or [each for each in policies if _name(each).unknown is not None]
    complaints = [_laxness(each, findings) for each in candidates]
    if not candidates:
        return f"the {_POLICY} '{wanted}': the stack has none of that name."
    if None in complaints:
        findings.is_open(*(_name(each) for each in candidates))
        return None
    return f"the {_POLICY} '{wanted}' with {complaints[0]}."


def _laxness(policy: Manifest, findings: Findings) -> str | None:
    """Return how a policy lets through what it should not, None if it does not, or that is open."""
    spec = policy.body.get("spec")
    failure, validations = spec.get("failurePolicy"), spec.get("validations")
    # Left out, it is Fail: so the API server.
    if not findings.is_open(failure) and not failure.is_missing and failure.value != "Fail":
        return "failurePolicy Fail: it has another one"
    if not findings.is_open(validations) and not any(True for _ in validations.items()):
        return "validations: it has none"
    return None


def _binding_complaint(wanted: str, place: Manifest, bindings: Sequence[Manifest], findings: Findings) -> str | None:
    """Return that no binding makes the policy refuse in the namespace, None if one does, or that is open."""
    found = "the policy has no binding"
    for binding in bindings:
        policy = binding.body.get("spec", "policyName")
        if policy.unknown is not None or policy.value == wanted:
            found = "none of its bindings does"
            if _may_deny(binding, place, findings):
                findings.is_open(policy)
                return None
    return f"a {_BINDING} of '{wanted}' that selects it and denies: {found}."


def _may_deny(binding: Manifest, place: Manifest, findings: Findings) -> bool:
    """Say whether the binding makes a policy refuse whatever it judges in the namespace, or may; unknowns are noted."""
    spec = binding.body.get("spec")
    actions, match = spec.get("validationActions"), spec.get("matchResources")
    listed = list(actions.items())
    deciding = [actions, *listed, match]
    is_open_action = any(action.unknown is not None for action in (actions, *listed))
    if not is_open_action and "Deny" not in [action.text() for action in listed]:
        return False
    for key in ("objectSelector", "resourceRules", "excludeResourceRules"):
        # With any of them it would refuse some objects only.
        if not _is_empty(match.get(key)):
            return False
        deciding.append(match.get(key))
    selector, labels = match.get("namespaceSelector"), place.body.get("metadata", "labels")
    chosen = selects(selector, labels, extra={_NAME_LABEL: _name(place).string()})
    if chosen is None:
        deciding.extend([selector, labels, *_inside(selector), *_inside(labels)])
    findings.is_open(*deciding)
    return chosen is not False


def _inside(field: Field) -> list[Field]:
    """Return every field inside, to note those that are unknown."""
    parts = [*field.items(), *(entry for _, entry in field.entries())]
    return [*parts, *(inner for part in parts for inner in _inside(part))]


def _is_empty(field: Field) -> bool:
    return field.is_missing or not _inside(field)


def _name(manifest: Manifest) -> Field:
    return manifest.body.get("metadata", "name")


NAMESPACE_ADMISSION: Final = StackRule(
    words=RuleWords(
        name="namespace-requires-admission",
        title="Namespaces of workspaces need admission policies",
        description=(
            "A namespace that this rule's configuration names must have each of its ValidatingAdmissionPolicies in the "
            "stack, failing closed, and bound to it with the action Deny."
        ),
        remediation=(
            "Add the policy and a binding whose namespaceSelector selects the namespace, with validationActions "
            "[Deny]. The names are under policies in this rule's configuration."
        ),
        tags=("kubernetes", "namespaces", "admission"),
    ),
    properties={"policies": {"type": "object", "additionalProperties": _NAMES, "default": {}}},
    read=RequiredPolicies.from_config,
    check=check,
)
"""The rule. Pods that Coder makes are in no preview: these policies are how the rules reach them."""
