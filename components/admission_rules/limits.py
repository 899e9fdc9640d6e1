"""CPU, memory and disk: requests and limits present, above zero, within the namespace's bounds.

That a request is at most as high as its limit is checked by the API server itself, before any policy is asked.
"""

__all__ = ["limit_rules"]

from collections.abc import Mapping

from components.admission_rules.cel import about_containers, by_namespace, joined, literal
from components.admission_rules.rule import AdmissionRule
from core.policy_data import Bounds


def limit_rules(bounds: Mapping[str, Bounds]) -> list[AdmissionRule]:
    """Return the rules about requests and limits; `bounds` are by namespace."""
    cpu = {name: str(each.cpu) for name, each in bounds.items()}
    memory = {name: str(each.memory) for name, each in bounds.items()}
    disk = {name: str(each.ephemeral_storage) for name, each in bounds.items()}
    relaxed = [name for name, each in bounds.items() if not each.needs_ephemeral_storage]
    return [
        AdmissionRule(
            "workload-requires-limits",
            joined(_request("cpu"), _limit("a cpu", cpu), _request("memory"), _limit("a memory", memory)),
        ),
        AdmissionRule("workload-requires-ephemeral-limit", _limit("an ephemeral-storage", disk, relaxed=relaxed)),
    ]


def _request(resource: str) -> str:
    return about_containers(*_presence(f"a {resource}", "request"), of="variables.sized")


def _limit(thing: str, most: Mapping[str, str], *, relaxed: list[str] | None = None) -> str:
    found = _found("limit", thing)
    missing, *rest = _presence(thing, "limit")
    if relaxed:
        missing = (f"{missing[0]} && !(request.namespace in {literal(relaxed)})", missing[1])
    bound = by_namespace(most)
    words = f'"must have {thing} limit of at most " + {bound} + ": its limit is " + string({found}.value()) + "."'
    too_much = (f"{found}.hasValue() && quantity({found}.value()).isGreaterThan(quantity({bound}))", words)
    return about_containers(missing, *rest, too_much, of="variables.sized")


def _presence(thing: str, kind: str) -> list[tuple[str, str]]:
    found = _found(kind, thing)
    remedy = f"Set resources.{kind}s.{thing.split()[1]}."
    return [
        (f"!{found}.hasValue()", literal(f"must have {thing} {kind}: it has none. {remedy}")),
        (
            f'{found}.hasValue() && !quantity({found}.value()).isGreaterThan(quantity("0"))',
            f'"must have {thing} {kind} above zero: it is " + string({found}.value()) + "."',
        ),
    ]


def _found(kind: str, thing: str) -> str:
    return f"c.fields.?resources.?{kind}s[?{literal(thing.split()[1])}]"
