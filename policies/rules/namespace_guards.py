"""Rule: every namespace of the stack has a quota, default limits, and a denial of all traffic that is not allowed."""

__all__ = ["NAMESPACE_GUARDS", "check"]

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from core.fields import Field
from core.quantity import Quantity, QuantityError
from policies.findings import Findings
from policies.resource import Manifest, Resource
from policies.rule import RuleWords, StackRule

_QUOTA_KEYS: Final = ("requests.cpu", "requests.memory", "limits.cpu", "limits.memory")
_LIMIT_TABLES: Final = ("default", "defaultRequest", "max")
_LIMITED: Final = ("cpu", "memory")
_DIRECTIONS: Final = frozenset({"Ingress", "Egress"})


@dataclass(frozen=True)
class QuotaKeys:
    """What a quota has to bound."""

    names: Sequence[str]

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Read the rule's configuration."""
        return cls(tuple(config.get("quotaKeys", _QUOTA_KEYS)))


@dataclass(frozen=True)
class _Guard:
    """One kind of guard: how a sentence calls it, and whether an object is one."""

    title: str
    group: str
    kind: str
    may_be: Callable[[Manifest, QuotaKeys, Findings], bool]
    """False only if it cannot be one whatever is still unknown; what it depends on is noted."""


def check(resources: Sequence[Resource], keys: QuotaKeys, findings: Findings) -> None:
    """Report namespaces of the stack that lack a guard; whatever may still turn out to be one leaves it open."""
    manifests = [manifest for resource in resources for manifest in resource.manifests(findings)]
    places = [each for each in manifests if (each.group, each.kind) == ("core", "Namespace")]
    for guard in _GUARDS:
        namespaces = [
            each.namespace
            for each in manifests
            if (each.group, each.kind) == (guard.group, guard.kind) and guard.may_be(each, keys, findings)
        ]
        may_be_anywhere = findings.is_open(*namespaces)
        found = {text for namespace in namespaces if (text := namespace.text()) is not None}
        for place in places:
            name = place.body.get("metadata", "name")
            # A namespace whose name is unknown may be any of those that are guarded.
            may_be_guarded = bool(found) if findings.is_open(name) else name.string() in found
            if not may_be_guarded and not may_be_anywhere:
                findings.violation(place.subject, f"{place.subject.title} must have {guard.title}: it has none.")


def _may_be_quota(manifest: Manifest, keys: QuotaKeys, findings: Findings) -> bool:
    # A quota with a scope bounds only some of the pods.
    scopes = manifest.body.get("spec", "scopes"), manifest.body.get("spec", "scopeSelector")
    if not all(map(_is_empty_or_open, scopes)):
        return False
    bounds = [manifest.body.get("spec", "hard", key) for key in keys.names]
    return _may_be_amounts(findings, bounds, scopes)


def _may_be_limit_range(manifest: Manifest, _keys: QuotaKeys, findings: Findings) -> bool:
    limits = manifest.body.get("spec", "limits")
    return findings.is_open(limits) or any(_may_limit_containers(limit, findings) for limit in limits.items())


def _may_limit_containers(limit: Field, findings: Findings) -> bool:
    kind = limit.get("type")
    if not kind.unknown and kind.value != "Container":
        return False
    amounts = [limit.get(table, name) for table in _LIMIT_TABLES for name in _LIMITED]
    return _may_be_amounts(findings, amounts, (kind,))


def _may_be_amounts(findings: Findings, amounts: Sequence[Field], others: Sequence[Field]) -> bool:
    """Say whether all amounts are quantities or may be; if so, note which of them and of the others are unknown."""
    if not all(amount.unknown is not None or _is_quantity(amount) for amount in amounts):
        return False
    findings.is_open(*amounts, *others)
    return True


def _is_quantity(amount: Field) -> bool:
    try:
        return Quantity.parse(amount.value).nano >= 0
    except QuantityError:
        return False


def _may_be_default_deny(manifest: Manifest, _keys: QuotaKeys, findings: Findings) -> bool:
    spec = manifest.body.get("spec")
    selector, types = spec.get("podSelector"), spec.get("policyTypes")
    selected = (selector.get("matchLabels"), selector.get("matchExpressions"))
    allowed = (spec.get("ingress"), spec.get("egress"))
    directions = list(types.items())
    are_known = types.unknown is None and all(direction.unknown is None for direction in directions)
    denies = (
        (selector.is_mapping or selector.unknown is not None)
        and (not are_known or {direction.text() for direction in directions} == _DIRECTIONS)
        and all(map(_is_empty_or_open, (*selected, *allowed)))
    )
    if denies:
        findings.is_open(*selected, types, *directions, *allowed)
    return denies


def _is_empty_or_open(field: Field) -> bool:
    if field.unknown is not None or field.is_missing:
        return True
    return (field.is_sequence or field.is_mapping) and not any(True for _ in _parts(field))


def _parts(field: Field) -> Iterator[object]:
    yield from field.items()
    yield from field.entries()


_GUARDS: Final = (
    _Guard("a ResourceQuota that bounds CPU and memory of all its pods", "core", "ResourceQuota", _may_be_quota),
    _Guard(
        "a LimitRange with default, defaultRequest and max of cpu and memory for containers",
        "core",
        "LimitRange",
        _may_be_limit_range,
    ),
    _Guard(
        "a NetworkPolicy that denies all ingress and egress by default",
        "networking.k8s.io",
        "NetworkPolicy",
        _may_be_default_deny,
    ),
)

NAMESPACE_GUARDS: Final = StackRule(
    words=RuleWords(
        name="namespace-requires-guards",
        title="Namespaces need quota, limits and a default denial",
        description=(
            "Every namespace of the stack must have a ResourceQuota, a LimitRange and a NetworkPolicy that selects "
            "every pod and allows nothing, in both directions."
        ),
        remediation=(
            "Make the namespace by the component Namespace, which brings its guards; or add a ResourceQuota with the "
            "quotaKeys of this rule's configuration and no scopes, a LimitRange of type Container, and a NetworkPolicy "
            "with podSelector {}, policyTypes [Ingress, Egress] and no rules."
        ),
        tags=("kubernetes", "namespaces"),
    ),
    properties={
        "quotaKeys": {
            "type": "array",
            "items": {"type": "string", "minLength": 1},
            "minItems": 1,
            "default": list(_QUOTA_KEYS),
        },
    },
    read=QuotaKeys.from_config,
    check=check,
)
"""The rule. Guards that another stack makes are unknown to it: a namespace and its guards belong to one stack."""
