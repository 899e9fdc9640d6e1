"""Rule: roles give named rights, and none by which whoever has them could take more."""

__all__ = ["ROLE_RIGHTS", "AllowedRights", "check"]

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from core.fields import Field
from policies.findings import Findings, Subject
from policies.resource import Manifest, Resource
from policies.rule import ResourceRule, RuleWords
from policies.subjects.dangerous_rights import DANGEROUS_RIGHTS, DangerousRight, is_forbidden_verb

_GROUP: Final = "rbac.authorization.k8s.io"
_KINDS: Final = frozenset({"Role", "ClusterRole"})
_AGGREGATES: Final = tuple(f"{_GROUP}/aggregate-to-{role}" for role in ("admin", "edit", "view"))
_LISTS: Final = ("verbs", "apiGroups", "resources", "nonResourceURLs", "resourceNames")
_ALL_URLS: Final = frozenset({"*", "/*"})
_NONE: Final = frozenset[str]()
_NAMES: Final = {"type": "array", "items": {"type": "string"}, "minItems": 1}


@dataclass(frozen=True)
class AllowedRights:
    """Exceptions: role as exemptions name it, API group and resource -> verbs it may have there."""

    verbs: Mapping[tuple[str, str, str], frozenset[str]]

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Read the rule's configuration."""
        return cls(
            {
                (each["role"], each["apiGroup"], each["resource"]): frozenset(each["verbs"])
                for each in config.get("allowed", ())
            }
        )

    def of(self, role: Subject, right: DangerousRight) -> frozenset[str]:
        """Return the verbs that a role may have on what a right is about."""
        # What stands in for a name that is unknown or malformed is not the role that is named.
        return self.verbs.get((str(role), right.group, right.resource), _NONE) if role.is_exact else _NONE


@dataclass(frozen=True)
class _Grant:
    """One entry of a role's rules: the strings that are known of each list."""

    verbs: Sequence[str]
    groups: Sequence[str]
    resources: Sequence[str]
    urls: Sequence[str]
    is_named: bool
    """Whether it holds for named objects alone, or may: the names are not known yet."""


def check(resource: Resource, allowed: AllowedRights, findings: Findings) -> None:
    """Report wildcards, rights that lead to more rights, and rules that other objects fill in."""
    for manifest in resource.manifests(findings):
        if manifest.group == _GROUP and manifest.kind in _KINDS:
            for complaint in _complaints(manifest, allowed, findings):
                findings.violation(manifest.subject, f"{manifest.subject.title} must not {complaint}.")


def _complaints(manifest: Manifest, allowed: AllowedRights, findings: Findings) -> Iterator[str]:
    aggregation = manifest.body.get("aggregationRule")
    if not findings.is_open(aggregation) and not aggregation.is_missing:
        yield "aggregate: whichever ClusterRole carries a label would add to its rights"
    for key in _AGGREGATES:
        label = manifest.body.get("metadata", "labels", key)
        if not findings.is_open(label) and not label.is_missing and label.value != "false":
            yield f"have the label {key}: its rights would be added to a role of the cluster"
    rules = manifest.body.get("rules")
    if not findings.is_open(rules) and not rules.is_missing and not rules.is_sequence:
        yield "have rules that are no list"
    for number, rule in enumerate(rules.items()):
        if findings.is_open(rule):
            continue
        for complaint in _malformed(rule):
            yield f"have {complaint} rule #{number}"
        grant = _read(rule, findings)
        wildcards = list(_wildcards(grant))
        for key in wildcards:
            yield f"use a wildcard in {key} of rule #{number}"
        if not wildcards:
            yield from _dangers(grant, number, manifest.subject, allowed)


def _malformed(rule: Field) -> Iterator[str]:
    if not rule.is_mapping:
        yield "something that is no object as"
    for key in _LISTS:
        if not _is_list_of_texts(rule.get(key)):
            yield f"{key} that are no list of strings in"


def _is_list_of_texts(field: Field) -> bool:
    if field.unknown is not None or field.is_missing:
        return True
    return field.is_sequence and all(item.unknown is not None or item.text() is not None for item in field.items())


def _read(rule: Field, findings: Findings) -> _Grant:
    texts: dict[str, list[str]] = {}
    for key in _LISTS:
        items = list(rule.get(key).items())
        findings.is_open(rule.get(key), *items)
        texts[key] = [text for item in items if (text := item.text()) is not None]
    names = rule.get("resourceNames")
    return _Grant(
        texts["verbs"],
        texts["apiGroups"],
        texts["resources"],
        texts["nonResourceURLs"],
        is_named=names.unknown is not None or any(True for _ in names.items()),
    )


def _wildcards(grant: _Grant) -> Iterator[str]:
    if "*" in grant.verbs:
        yield "verbs"
    if "*" in grant.groups:
        yield "apiGroups"
    if any("*" in resource.split("/") for resource in grant.resources):
        yield "resources"
    if not _ALL_URLS.isdisjoint(grant.urls):
        yield "nonResourceURLs"


def _dangers(grant: _Grant, number: int, role: Subject, allowed: AllowedRights) -> Iterator[str]:
    forbidden = sorted({verb for verb in grant.verbs if is_forbidden_verb(verb)})
    for verb in forbidden:
        yield f"have the verb {verb.partition(':')[0]} in rule #{number}: with it come the rights of others"
    for right in DANGEROUS_RIGHTS:
        if right.group in grant.groups and right.resource in grant.resources:
            verbs = _taken(right, grant) - allowed.of(role, right)
            if verbs:
                yield f"{right.title(sorted(verbs))} in rule #{number}: {right.reason}"


def _taken(right: DangerousRight, grant: _Grant) -> frozenset[str]:
    """Return the dangerous verbs of the grant; none if names make them harmless."""
    if right.is_harmless_by_name and grant.is_named:
        return frozenset()
    return frozenset(grant.verbs) & right.verbs


ROLE_RIGHTS: Final = ResourceRule(
    words=RuleWords(
        name="role-forbids-broad-rights",
        title="Roles give named rights",
        description=(
            "A Role or ClusterRole must not use wildcards, aggregate, escalate, bind or impersonate, reach Secrets "
            "other than named ones, run commands in pods, or change what guards the cluster."
        ),
        remediation=(
            "Name verbs, API groups and resources one by one, and Secrets by resourceNames. A right that a role of "
            "the platform cannot do without is named under allowed in this rule's configuration: role, API group, "
            "resource and verbs."
        ),
        tags=("kubernetes", "rbac"),
    ),
    properties={
        "allowed": {
            "type": "array",
            "default": [],
            "items": {
                "type": "object",
                "required": ["role", "apiGroup", "resource", "verbs", "reason"],
                "additionalProperties": False,
                "properties": {
                    "role": {"type": "string", "pattern": "^(Role|ClusterRole) [^ *]+$"},
                    "apiGroup": {"type": "string"},
                    "resource": {"type": "string", "minLength": 1},
                    "verbs": _NAMES,
                    "reason": {"type": "string", "minLength": 10},
                },
            },
        },
    },
    read=AllowedRights.from_config,
    check=check,
)
"""The rule."""
