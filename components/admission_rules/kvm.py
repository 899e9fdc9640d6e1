"""/dev/kvm: only for a pod that carries the label, in a namespace that is opted in."""

__all__ = ["kvm_rules"]

from typing import Final

from components.admission_rules.cel import about_containers, about_pod, joined, literal
from components.admission_rules.rule import AdmissionRule
from core.policy_data import KvmData

_NOTES: Final = "variables.pod.?metadata.?annotations.orValue({})"
# Resources that are not listed count, too, if "kvm" is a word of the last part of their name.
_SAYS_KVM: Final = 'r.lowerAscii().matches("/([^/]*[^a-z0-9/])?kvm([^a-z0-9/][^/]*)?$")'
_IS_DEVICE: Final = 'd.devicePath.matches("(^|/)dev/+kvm(/|$)")'


def kvm_rules(kvm: KvmData) -> list[AdmissionRule]:
    """Return the rule about pods that ask for the device: by resource, claim, block volume or annotation."""
    counts = f"(r in {literal(kvm.resources)} || {_SAYS_KVM})"
    asked = [f"c.fields.?resources.?{kind}.orValue({{}})" for kind in ("limits", "requests")]
    names = [f'{each}.filter(r, {counts} && quantity({each}[r]) != quantity("0"))' for each in asked]
    told = f'"ask for \'" + ({names[0]}.size() > 0 ? {names[0]}[0] : {names[1]}[0]) + "\'"'
    devices = "c.fields.?volumeDevices.orValue([])"
    uses = [
        (f"{names[0]}.size() + {names[1]}.size() > 0", told),
        ("c.fields.?resources.?claims.orValue([]).size() > 0", '"use a device claim"'),
        (f"{devices}.exists(d, {_IS_DEVICE})", '"have a volume as its device /dev/kvm"'),
    ]
    of_pod = [
        ("variables.spec.?resourceClaims.orValue([]).size() > 0", '"use device claims"'),
        (
            f'{_NOTES}.exists(k, k.startsWith("cdi.k8s.io/") || k.startsWith("io.kubernetes.cri-o.Devices"))',
            '"ask for devices by an annotation"',
        ),
    ]
    complaints = joined(
        *(about_containers(*_cases(condition, use, kvm)) for condition, use in uses),
        *(about_pod(*case) for condition, use in of_pod for case in _cases(condition, use, kvm)),
    )
    return [AdmissionRule("workload-restricts-kvm", complaints)]


def _cases(condition: str, use: str, kvm: KvmData) -> list[tuple[str, str]]:
    key, value = kvm.label
    labelled = f'variables.pod.?metadata.?labels[?{literal(key)}].orValue("") == {literal(value)}'
    no_label = literal(f": its pod has no label {key}: '{value}'.")
    opted_in = f"request.namespace in {literal(kvm.namespaces)}"
    not_opted_in = literal(": its namespace is not opted in to /dev/kvm.")
    return [
        (f"({condition}) && !({labelled})", f'"must not " + {use} + {no_label}'),
        (f"({condition}) && {labelled} && !({opted_in})", f'"must not " + {use} + {not_opted_in}'),
    ]
