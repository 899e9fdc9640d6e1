"""Rule: containers drop all capabilities and add back only what is allowed."""

__all__ = ["BASELINE_CAPABILITIES", "WORKLOAD_CAPABILITIES", "Capabilities", "check"]

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Self

from core.fields import Field
from policies.findings import Findings
from policies.resource import Resource
from policies.rule import ResourceRule, RuleWords
from policies.subjects.pod_places import Place, containers_of, pods_of
from policies.subjects.relaxation import unless_relaxed

BASELINE_CAPABILITIES: Final = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
]
"""What the level `baseline` of the Pod Security Standards lets containers add."""

_KNOWN: Final = frozenset(
    (
        *BASELINE_CAPABILITIES,
        *[
            "ALL",
            "AUDIT_CONTROL",
            "AUDIT_READ",
            "BLOCK_SUSPEND",
            "BPF",
            "CHECKPOINT_RESTORE",
            "DAC_READ_SEARCH",
            "IPC_LOCK",
            "IPC_OWNER",
            "LEASE",
            "LINUX_IMMUTABLE",
            "MAC_ADMIN",
            "MAC_OVERRIDE",
            "NET_ADMIN",
            "NET_BROADCAST",
            "NET_RAW",
            "PERFMON",
            "SYSLOG",
            "SYS_ADMIN",
            "SYS_BOOT",
            "SYS_MODULE",
            "SYS_NICE",
            "SYS_PACCT",
            "SYS_PTRACE",
            "SYS_RAWIO",
            "SYS_RESOURCE",
            "SYS_TIME",
            "SYS_TTY_CONFIG",
            "WAKE_ALARM",
        ],
    )
)
_SCHEMA: Final = {"type": "array", "items": {"type": "string", "enum": sorted(_KNOWN - {"ALL"})}}


@dataclass(frozen=True)
class Capabilities:
    """What containers may add, and in which namespaces they may add more and need not drop all."""

    allowed: frozenset[str]
    by_namespace: Mapping[str, frozenset[str]]

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Read the rule's configuration."""
        namespaces = config.get("namespaces", {})
        return cls(frozenset(config.get("allowed", ())), {name: frozenset(each) for name, each in namespaces.items()})

    def more_in(self, namespace: Field) -> frozenset[str]:
        """Return what a namespace allows beyond the rest; while it is unknown, what any of them does."""
        if namespace.unknown is not None:
            return frozenset().union(*self.by_namespace.values())
        return self.by_namespace.get(namespace.string(), frozenset())


def check(resource: Resource, config: Capabilities, findings: Findings) -> None:
    """Report capabilities that are added though they are not allowed, and containers that do not drop all."""
    for pod in pods_of(resource, findings):
        most = config.allowed | config.more_in(pod.manifest.namespace)
        for place in containers_of(pod, findings):
            added = place.security.get("capabilities", "add")
            findings.is_open(added, *added.items())
            _check_additions(place, [each for each in _known(added) if each.text() not in most], findings)
            less = [each for each in _known(added) if each.text() in most - config.allowed]
            for restricted in (partial(_check_additions, place, less), partial(_check_drop, place)):
                unless_relaxed(place.manifest, config.by_namespace, findings, restricted)


def _known(fields: Field) -> Iterator[Field]:
    return (each for each in fields.items() if each.unknown is None)


def _check_additions(place: Place, refused: list[Field], findings: Findings) -> None:
    for each in refused:
        name = each.text()
        told = f"the capability {name}: it is not on the list" if name in _KNOWN else "what is no capability of Linux"
        place.violation(findings, f"must not add {told}.")


def _check_drop(place: Place, findings: Findings) -> None:
    dropped = place.security.get("capabilities", "drop")
    if all(each.value != "ALL" for each in dropped.items()) and not findings.is_open(dropped, *dropped.items()):
        place.violation(findings, "must drop the capabilities ALL: it does not.")


WORKLOAD_CAPABILITIES: Final = ResourceRule(
    words=RuleWords(
        name="workload-restricts-capabilities",
        title="Few capabilities",
        description="Every container must drop all capabilities, and may add only those that its namespace allows.",
        remediation=(
            "Set securityContext.capabilities.drop of each container to [ALL], and add only what `allowed` of this "
            "rule's configuration lists. Names are written in capitals and without CAP_."
        ),
        tags=("kubernetes", "pod-security"),
    ),
    properties={
        "allowed": {**_SCHEMA, "default": []},
        "namespaces": {"type": "object", "additionalProperties": _SCHEMA, "default": {}},
    },
    read=Capabilities.from_config,
    check=check,
)
"""The rule. `namespaces` lists what may be added where containers need not drop all: in workspaces, which have sudo."""
