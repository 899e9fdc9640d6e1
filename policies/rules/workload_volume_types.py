"""Rule: pods take only kinds of volumes that cannot reach the node or another pod's data."""

__all__ = ["WORKLOAD_VOLUME_TYPES", "VolumeTypes", "check"]

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from core.workloads import VolumeView
from policies.findings import Findings
from policies.resource import Resource
from policies.rule import ResourceRule, RuleWords
from policies.subjects.pod_places import Place, pods_of, speakable

_SAFE: Final = (
    "configMap",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "persistentVolumeClaim",
    "projected",
    "secret",
)
# Judged by the rules on paths of the node and on drivers below.
_JUDGED_ELSEWHERE: Final = frozenset({"name", "hostPath", "csi"})


@dataclass(frozen=True)
class VolumeTypes:
    """Kinds of volumes that pods may take besides the safe ones, and CSI drivers for volumes inside pods."""

    types: frozenset[str]
    drivers: frozenset[str]

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Read the rule's configuration."""
        return cls(frozenset((*_SAFE, *config.get("moreTypes", ()))), frozenset(config.get("csiDrivers", ())))


def check(resource: Resource, config: VolumeTypes, findings: Findings) -> None:
    """Report volumes of other kinds, and CSI volumes inside pods of drivers that are not listed."""
    for place in pods_of(resource, findings):
        findings.is_open(place.fields.get("volumes"))
        for volume in place.pod.volumes():
            if not findings.is_open(volume.fields):
                _check_types(place, volume, config.types, findings)
                _check_driver(place, volume, config.drivers, findings)


def _check_types(place: Place, volume: VolumeView, allowed: frozenset[str], findings: Findings) -> None:
    for key, source in volume.fields.entries():
        if source.is_missing or key in _JUDGED_ELSEWHERE or key in allowed:
            continue
        _report(place, volume, f"must not be of the kind {speakable(key, 'it is')}: it is not on the list.", findings)


def _check_driver(place: Place, volume: VolumeView, drivers: frozenset[str], findings: Findings) -> None:
    csi = volume.fields.get("csi")
    driver = csi.get("driver")
    if csi.is_missing or (drivers and findings.is_open(driver)) or driver.text() in drivers:
        return
    told = speakable(driver.text() or "", "it names")
    _report(place, volume, f"must not be made by the CSI driver {told}: it is not on the list.", findings)


def _report(place: Place, volume: VolumeView, complaint: str, findings: Findings) -> None:
    subject = place.manifest.subject
    findings.violation(subject, f"The {volume.title} of {subject.title} {complaint}")


WORKLOAD_VOLUME_TYPES: Final = ResourceRule(
    words=RuleWords(
        name="workload-restricts-volume-types",
        title="Safe kinds of volumes",
        description="Pods may take only kinds of volumes that cannot reach their node or the data of other pods.",
        remediation=(
            f"Take one of {', '.join(_SAFE)}. Others, and CSI drivers for volumes inside pods, have to be in moreTypes "
            "and csiDrivers of this rule's configuration."
        ),
        tags=("kubernetes", "pod-security"),
    ),
    properties={
        "moreTypes": {"type": "array", "items": {"type": "string", "pattern": "^[a-zA-Z]+$"}, "default": []},
        "csiDrivers": {"type": "array", "items": {"type": "string", "pattern": "^[a-z0-9.-]+$"}, "default": []},
    },
    read=VolumeTypes.from_config,
    check=check,
)
"""The rule, as the level `restricted` has it, stricter with drivers, and with images as volumes, which have rules."""
