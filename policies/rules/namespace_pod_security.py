"""Rule: every namespace says how strictly its pods are held to the Pod Security Standards, and strictly enough."""

__all__ = ["NAMESPACE_POD_SECURITY", "PodSecurityLevels", "check"]

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from core.fields import Field
from policies.findings import Findings
from policies.resource import Manifest, Resource
from policies.rule import ResourceRule, RuleWords

_LEVELS: Final = ("privileged", "baseline", "restricted")
"""The standards, from lax to strict."""

_DEFAULT: Final = "restricted"
_PREFIX: Final = "pod-security.kubernetes.io"
_MODES: Final = ("enforce", "warn", "audit")
_VERSION: Final = re.compile(r"latest|v1\.(0|[1-9][0-9]{0,2})", re.ASCII)
_LEVEL_SCHEMA: Final = {"type": "string", "enum": list(_LEVELS)}


@dataclass(frozen=True)
class PodSecurityLevels:
    """Lowest level of each namespace that is named, and of all others."""

    of_namespace: Mapping[str, str]
    default: str

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Read the rule's configuration."""
        return cls(config.get("levels", {}), config.get("defaultLevel", _DEFAULT))

    def least_of(self, name: Field) -> tuple[str, str]:
        """Return the laxest and the strictest level that a namespace of that name may need: one if it is known."""
        if name.unknown is None:
            level = self.of_namespace.get(name.string(), self.default)
            return level, level
        possible = sorted((self.default, *self.of_namespace.values()), key=_LEVELS.index)
        return possible[0], possible[-1]


def check(resource: Resource, levels: PodSecurityLevels, findings: Findings) -> None:
    """Report Namespaces without the labels of all three modes, with too low a level, or without a version."""
    for manifest in resource.manifests(findings):
        if (manifest.group, manifest.kind) == ("core", "Namespace"):
            for complaint in _complaints(manifest, levels, findings):
                findings.violation(manifest.subject, f"{manifest.subject.title} {complaint}")


def _complaints(manifest: Manifest, levels: PodSecurityLevels, findings: Findings) -> Iterator[str]:
    name = manifest.body.get("metadata", "name")
    laxest, strictest = levels.least_of(name)
    for mode in _MODES:
        label, found = _label(manifest, mode)
        level = found.text()
        if findings.is_open(found):
            pass
        elif found.is_missing:
            yield f"must have the label {label}: it has none."
        elif level not in _LEVELS:
            yield f"must have privileged, baseline or restricted in the label {label}: its value is none of them."
        elif _LEVELS.index(level) < _LEVELS.index(laxest):
            yield f"must have at least {laxest} in the label {label}: it has {level}."
        elif _LEVELS.index(level) < _LEVELS.index(strictest):
            findings.is_open(name)
        yield from _version_complaint(manifest, mode, findings)


def _version_complaint(manifest: Manifest, mode: str, findings: Findings) -> Iterator[str]:
    label, found = _label(manifest, f"{mode}-version")
    if findings.is_open(found):
        return
    if found.is_missing:
        yield f"must have the label {label}: it has none."
    elif _VERSION.fullmatch(found.string()) is None:
        yield f"must have 'latest' or a version such as v1.34 in the label {label}: its value is neither."


def _label(manifest: Manifest, key: str) -> tuple[str, Field]:
    label = f"{_PREFIX}/{key}"
    return label, manifest.body.get("metadata", "labels", label)


NAMESPACE_POD_SECURITY: Final = ResourceRule(
    words=RuleWords(
        name="namespace-requires-pod-security",
        title="Namespaces need a pod security level",
        description=(
            "Every namespace must have the labels of Pod Security Admission for enforce, warn and audit, at the level "
            "configured for it or a stricter one, each with a version."
        ),
        remediation=(
            "Set pod-security.kubernetes.io/enforce, warn and audit, and their -version labels (latest or v1.N). A "
            "namespace that needs less than restricted is named under levels in this rule's configuration."
        ),
        tags=("kubernetes", "namespaces"),
    ),
    properties={
        "levels": {"type": "object", "additionalProperties": _LEVEL_SCHEMA, "default": {}},
        "defaultLevel": {**_LEVEL_SCHEMA, "default": _DEFAULT},
    },
    read=PodSecurityLevels.from_config,
    check=check,
)
"""The rule. Pods that Coder makes later are held to this label by the API server."""
