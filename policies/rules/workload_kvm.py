"""Rule: only workloads that are opted in, in namespaces that are opted in, use /dev/kvm, and as a limited resource."""

__all__ = ["WORKLOAD_KVM", "KvmOptIn", "check"]

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from pulumi_policy import Severity

from core.quantity import Quantity, QuantityError
from policies.findings import Findings
from policies.resource import Resource
from policies.rule import ResourceRule, RuleWords
from policies.subjects.kvm_access import kvm_amounts, kvm_devices, reaches_kvm
from policies.subjects.pod_places import Place, containers_of, pods_of, speakable
from policies.subjects.relaxation import NAMESPACES_SCHEMA, unless_relaxed

_LABEL: Final = "spt-flow.dev/kvm"
_LABEL_VALUE: Final = "true"


@dataclass(frozen=True)
class KvmOptIn:
    """Who may use /dev/kvm: namespaces, the label a pod has besides, resources, and the device plugins themselves."""

    resources: frozenset[str]
    namespaces: frozenset[str]
    providers: frozenset[str]
    label: str
    label_value: str

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Read the rule's configuration."""
        label = config.get("label", {})
        return cls(
            resources=frozenset(config.get("resources", ())),
            namespaces=frozenset(config.get("namespaces", ())),
            providers=frozenset(config.get("providers", ())),
            label=label.get("name", _LABEL),
            label_value=label.get("value", _LABEL_VALUE),
        )


def check(resource: Resource, config: KvmOptIn, findings: Findings) -> None:
    """Report uses of /dev/kvm by anything that is not opted in, without limits, beside privilege, or as a path."""
    for pod in pods_of(resource, findings):
        _check_paths(pod, config, findings)
        places = [pod, *containers_of(pod, findings)]
        for place in places:
            _note_hidden(place, findings)
            _check_limits(place, config, findings)
        uses = [
            (place, use) for place in places for use in (*_resources_used(place, config, findings), *kvm_devices(place))
        ]
        for place, use in uses:
            _check_opt_in(place, use, config, findings)
        if uses:
            _check_privilege(places, findings)


def _note_hidden(place: Place, findings: Findings) -> None:
    """Note what may hide a use."""
    fields = place.fields
    if place.container is None:
        findings.is_open(fields.get("resourceClaims"), place.pod.metadata.get("annotations"))
    else:
        findings.is_open(fields.get("volumeDevices"), fields.get("resources", "claims"))
        findings.is_open(*(each.get("devicePath") for each in fields.get("volumeDevices").items()))
    findings.is_open(fields.get("resources", "requests"), fields.get("resources", "limits"))


def _check_paths(pod: Place, config: KvmOptIn, findings: Findings) -> None:
    findings.is_open(pod.fields.get("volumes"))
    subject = pod.manifest.subject
    for volume in pod.pod.volumes():
        path = volume.fields.get("hostPath", "path")
        text = path.text()
        if subject.is_one_of(config.providers) or findings.is_open(path) or text is None:
            continue
        if reaches_kvm(text):
            title = f"The {volume.title} of {subject.title}"
            findings.violation(subject, f"{title} must not reach /dev/kvm as a path of the node: it is a resource.")


def _resources_used(place: Place, config: KvmOptIn, findings: Findings) -> list[str]:
    """Return how the place asks for resources that give /dev/kvm, each once; amounts that are zero ask for nothing."""
    names = {
        name: None
        for _, name, amount in kvm_amounts(place, config.resources)
        if not findings.is_open(amount) and not amount.is_missing and not _is_zero(amount.value)
    }
    return [f"ask for {speakable(name, 'a resource that gives /dev/kvm')}" for name in names]


def _check_opt_in(place: Place, use: str, config: KvmOptIn, findings: Findings) -> None:
    label = place.pod.metadata.get("labels", config.label)
    if label.unknown is None and label.value != config.label_value:
        place.violation(findings, f"must not {use}: its pod has no label {config.label}: '{config.label_value}'.")
        return
    findings.is_open(label)
    complaint = f"must not {use}: its namespace is not opted in to /dev/kvm."
    unless_relaxed(place.manifest, config.namespaces, findings, lambda inner: place.violation(inner, complaint))


def _check_limits(place: Place, config: KvmOptIn, findings: Findings) -> None:
    """Report amounts of /dev/kvm that are no whole positive number, or requested without a limit."""
    amounts = {(kind, name): amount for kind, name, amount in kvm_amounts(place, config.resources)}
    for (kind, name), amount in amounts.items():
        told = speakable(name, "the resource that gives /dev/kvm")
        if amount.unknown is None and not amount.is_missing and not _is_count(amount.value):
            place.violation(findings, f"must have a whole number of {told} in its {kind}: its value is none.")
        limit = amounts.get(("limits", name))
        if kind == "requests" and not amount.is_missing and (limit is None or limit.is_missing):
            place.violation(findings, f"must have a limit of {told}: it has only a request.")


def _check_privilege(places: list[Place], findings: Findings) -> None:
    for place in places:
        switch = place.security.get("privileged")
        if place.container is not None and not findings.is_open(switch) and switch.value not in (None, False):
            place.violation(findings, "must not be privileged: its pod uses /dev/kvm.")


def _is_zero(value: object) -> bool:
    try:
        return Quantity.parse(value) == Quantity(0)
    except QuantityError:
        return False


def _is_count(value: object) -> bool:
    try:
        amount = Quantity.parse(value)
    except QuantityError:
        return False
    return amount.nano >= 0 and amount.nano % 10**9 == 0


WORKLOAD_KVM: Final = ResourceRule(
    words=RuleWords(
        name="workload-restricts-kvm",
        title="/dev/kvm by opt-in",
        description="Only workloads that are opted in, in namespaces that are opted in, may use /dev/kvm.",
        remediation=(
            "Ask for the device plugin's resource in requests and limits of one container, label the pod "
            f"{_LABEL}: 'true', and have its namespace in `namespaces` of this rule's configuration. /dev/kvm is never "
            "a path of the node, and never beside privilege."
        ),
        severity=Severity.CRITICAL,
        tags=("kubernetes", "kvm"),
    ),
    properties={
        "resources": {"type": "array", "items": {"type": "string", "pattern": "^[^/ ]+/[^/ ]+$"}, "default": []},
        "namespaces": NAMESPACES_SCHEMA,
        "providers": {
            "type": "array",
            "items": {"type": "string", "pattern": "^[A-Z][A-Za-z0-9]* [^ *]+$"},
            "default": [],
        },
        "label": {
            "type": "object",
            "required": ["name", "value"],
            "additionalProperties": False,
            "properties": {"name": {"type": "string", "minLength": 1}, "value": {"type": "string", "minLength": 1}},
            "default": {"name": _LABEL, "value": _LABEL_VALUE},
        },
    },
    read=KvmOptIn.from_config,
    check=check,
)
"""The rule. Resources that are not listed count too if their name says kvm. `providers` are the device plugins."""
