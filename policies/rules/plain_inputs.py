"""Rule: no resource has a secret among its plain inputs."""

__all__ = ["PLAIN_INPUTS", "check"]

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from pulumi_policy import Severity

from core.fields import Field
from policies.findings import Findings, Subject
from policies.resource import Manifest, Resource
from policies.rule import ResourceRule, RuleWords
from policies.secret_values.findings import reason_against
from policies.secret_values.marks import is_marked
from policies.secret_values.search import secret_in
from policies.subjects.leaves import Leaf, leaves, shown_path

# What other rules look at, with words of their own.
_METADATA: Final = ("metadata.labels", "metadata.annotations")
_CONTAINERS: Final = frozenset({"containers", "initContainers", "ephemeralContainers"})
_CONFIG_MAP: Final = frozenset({"data", "binaryData"})
_COMMANDS: Final = ("command:local:Command", "command:remote:Command")
_ARGUMENTS: Final = re.compile(r"(create|update|delete|interpreter)(\[|$)")
# Where charts write environment variables: they reach a pod's manifest in clear, whatever the program knows of them.
_VARIABLES: Final = re.compile(r"(?:^|\.)(?:\w*[eE]nv|[eE]nvironment|\w*EnvVars?|\w*Env)(?:\[\d+\]\.value|\.\w+)$")


def check(resource: Resource, _config: Mapping[str, Any], findings: Findings) -> None:
    """Report inputs that look like secrets and are not kept as such."""
    manifests = list(resource.manifests(findings))
    for manifest in manifests:
        if (manifest.group, manifest.kind) != ("core", "Secret"):
            found = leaves(manifest.body, enters=_entered(manifest))
            # A mark ends where the object is written down: only a Secret keeps what it holds.
            _judge(found, manifest.subject, findings, lambda _leaf: True)
    if not manifests:
        clear = _ARGUMENTS.match if resource.type in _COMMANDS else _VARIABLES.search
        _judge(leaves(resource.properties), resource.subject, findings, lambda leaf: bool(clear(leaf.field.path)))


def _entered(manifest: Manifest) -> Callable[[str, Field], bool]:
    """Return which parts of an object are this rule's: not those that have a rule of their own."""
    if (manifest.group, manifest.kind) == ("core", "ConfigMap"):
        return lambda key, field: key not in _CONFIG_MAP and not field.path.endswith(_METADATA)
    if any(True for _ in manifest.pods()):
        return lambda key, field: key not in _CONTAINERS and not field.path.endswith(_METADATA)
    return lambda _key, field: not field.path.endswith(_METADATA)


def _judge(found: Iterator[Leaf], subject: Subject, findings: Findings, marks_count: Callable[[Leaf], bool]) -> None:
    for leaf in found:
        if not is_marked(leaf.field) and findings.is_open(leaf.field):
            continue
        is_variable = bool(_VARIABLES.search(leaf.field.path))
        reason = reason_against(leaf.field, leaf.name, is_variable=is_variable, marks_count=marks_count(leaf))
        if reason is not None:
            path = shown_path(leaf.field)
            which = f"The input '{path}'" if path is not None and secret_in(path) is None else "An input"
            findings.violation(subject, f"{which} of {subject.title} must not be a secret in clear: {reason}.")


PLAIN_INPUTS: Final = ResourceRule(
    words=RuleWords(
        name="resource-forbids-plain-secrets",
        title="Inputs in clear are no secrets",
        description="No input of a resource may be a secret in clear.",
        remediation=(
            "Take the value from a secret setting or an Output.secret, hand it to programs by their environment, and "
            "to pods by a Secret. Then make a new one: this one is in the state and in logs."
        ),
        severity=Severity.CRITICAL,
        tags=("secrets",),
    ),
    read=lambda config: config,
    check=check,
)
"""The rule. It knows what the program marks as secret, since the pack keeps the engine's marks."""
