"""Namespaces in which a rule does not hold, and what follows while the namespace of an object is not known yet."""

__all__ = ["NAMESPACES_SCHEMA", "unless_relaxed"]

from collections.abc import Callable, Collection
from typing import Final

from policies.findings import Findings
from policies.resource import Manifest

NAMESPACES_SCHEMA: Final = {
    "type": "array",
    "default": [],
    "items": {"type": "string", "pattern": "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$"},
}
"""JSON schema of a list of namespaces. None by default: rules hold everywhere unless a stack says otherwise."""


def unless_relaxed(
    manifest: Manifest, relaxed: Collection[str], findings: Findings, check: Callable[[Findings], None]
) -> None:
    """Run a check, unless the object is in one of the namespaces.

    While the namespace is unknown, what the check finds is open; and so is nothing if it finds nothing.
    """
    namespace = manifest.namespace
    if namespace.unknown is None or not relaxed:
        if namespace.text() not in relaxed:
            check(findings)
        return
    trial = Findings()
    check(trial)
    findings.unknown.extend(trial.unknown)
    if trial.violations:
        findings.is_open(namespace)
