"""The workspace rules in the cluster: one ValidatingAdmissionPolicy over every workload, bound to the namespaces.

Coder makes the pods of workspaces long after the deployment, where no policy of the engine sees them.
"""

__all__ = ["AdmissionPolicies", "AdmissionPoliciesArgs", "build_binding", "build_policy"]

from collections.abc import Sequence
from typing import Final, TypedDict

import pulumi
import pulumi_kubernetes as kubernetes

from components.admission_rules.every_rule import admission_rules
from components.admission_rules.images import IMAGE_VARIABLES
from components.admission_rules.pod import POD_VARIABLES, WORKLOADS
from components.manifest import Manifest
from core.kubernetes_names import object_labels
from core.policy_data import PolicyData

_API: Final = "admissionregistration.k8s.io/v1"
_NAME: Final = "workloads.spt-flow.dev"

# The API server cuts nothing: it drops a message of more than 5 KiB. So many complaints always fit.
_SHOWN: Final = 5

# An update that leaves the workload alone is let through: else one that was there before the rules could not even lose
# its finalizers, and would stay for ever.
_CHANGED: Final = """\
request.operation != "UPDATE" ||
dyn(object).?metadata.?labels != dyn(oldObject).?metadata.?labels ||
dyn(object).?metadata.?annotations != dyn(oldObject).?metadata.?annotations ||
dyn(object).?spec != dyn(oldObject).?spec || dyn(object).?template != dyn(oldObject).?template"""

_MESSAGE: Final = f"""\
variables.complaints.size() <= {_SHOWN} ? variables.complaints.join(" ") :
{' + " " + '.join(f"variables.complaints[{number}]" for number in range(_SHOWN))}
+ " And " + string(variables.complaints.size() - {_SHOWN}) + " more." """


class AdmissionPoliciesArgs(TypedDict):
    """What the cluster is to hold workloads to."""

    data: PolicyData  # no Input: the expressions are made of it
    """The figures, which the policy pack reads, too."""
    namespaces: Sequence[str]  # no Input: as above
    """The namespaces that are bound."""


class AdmissionPolicies(pulumi.ComponentResource):
    """The policy and its binding; whatever is to be held to them should depend on the component."""

    def __init__(self, name: str, args: AdmissionPoliciesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("spt-flow:index:AdmissionPolicies", name, None, opts)
        policy = build_policy(args["data"], args["namespaces"])
        declared = kubernetes.admissionregistration.v1.ValidatingAdmissionPolicy(
            f"{name}-policy",
            metadata=policy["metadata"],
            spec=policy["spec"],
            opts=pulumi.ResourceOptions(parent=self),
        )
        binding = build_binding(args["namespaces"])
        kubernetes.admissionregistration.v1.ValidatingAdmissionPolicyBinding(
            f"{name}-binding",
            metadata=binding["metadata"],
            spec=binding["spec"],
            opts=pulumi.ResourceOptions(parent=self, depends_on=[declared]),
        )
        self.register_outputs({})


def build_policy(data: PolicyData, namespaces: Sequence[str]) -> Manifest:
    """Return the policy. One validation holds every complaint, since a refusal shows the message of one only."""
    rules = [rule for rule in admission_rules(data, namespaces) if data.is_mandatory(rule.name)]
    complaints = {rule.variable: rule.complaints_but_for(data.exempted(rule.name)) for rule in rules}
    every = " + ".join(f"variables.{name}" for name in complaints)
    variables = {**POD_VARIABLES, **IMAGE_VARIABLES, **complaints, "complaints": every}
    return {
        "apiVersion": _API,
        "kind": "ValidatingAdmissionPolicy",
        "metadata": _metadata(),
        "spec": {
            "failurePolicy": "Fail",
            "matchConstraints": {"resourceRules": [_rule(group, resources) for group, resources in WORKLOADS]},
            "matchConditions": [{"name": "workload-changes", "expression": _CHANGED}],
            "variables": [{"name": name, "expression": text} for name, text in variables.items()],
            "validations": [
                {
                    "expression": "variables.complaints.size() == 0",
                    "message": "The workload breaks rules of the platform that are too long to be told.",
                    "messageExpression": _MESSAGE,
                    "reason": "Forbidden",
                }
            ],
        },
    }


def build_binding(namespaces: Sequence[str]) -> Manifest:
    """Return the binding: what is refused in these namespaces is refused for everybody."""
    selected = {"key": "kubernetes.io/metadata.name", "operator": "In", "values": list(namespaces)}
    return {
        "apiVersion": _API,
        "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": _metadata(),
        "spec": {
            "policyName": _NAME,
            "validationActions": ["Deny"],
            "matchResources": {"namespaceSelector": {"matchExpressions": [selected]}},
        },
    }


def _metadata() -> Manifest:
    return {"name": _NAME, "labels": object_labels("workloads", "admission")}


def _rule(group: str, resources: Sequence[str]) -> Manifest:
    return {
        "apiGroups": [group],
        "apiVersions": ["v1"],
        "operations": ["CREATE", "UPDATE"],
        "resources": list(resources),
        "scope": "Namespaced",
    }
