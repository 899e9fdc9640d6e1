"""Rule: containers get secrets from Secrets, never as literal variables, arguments or headers of probes."""

__all__ = ["WORKLOAD_SECRETS", "check"]

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pulumi_policy import Severity

from core.fields import Field
from core.workloads import ContainerView
from policies.findings import Findings
from policies.resource import Resource
from policies.rule import ResourceRule, RuleWords
from policies.secret_values.findings import reason_against, shown_name
from policies.secret_values.marks import is_marked
from policies.secret_values.search import secret_in
from policies.subjects.leaves import leaves

_PROBES: Final = ("livenessProbe", "readinessProbe", "startupProbe")
_HOOKS: Final = ("postStart", "preStop")


def check(resource: Resource, _config: Mapping[str, Any], findings: Findings) -> None:
    """Report containers that are told a secret by a literal."""
    for manifest in resource.manifests(findings):
        for pod in manifest.pods():
            findings.is_open(*pod.lists())
            for container in pod.containers():
                whose = f"of the {container.title} of {manifest.subject.title}"
                for found in (*_in_environment(container, findings), *_in_commands(container, findings)):
                    what, reason = found
                    findings.violation(manifest.subject, f"{what} {whose} must not hold a secret in clear: {reason}.")


def _in_environment(container: ContainerView, findings: Findings) -> Iterator[tuple[str, str]]:
    environment = container.fields.get("env")
    for leaf in leaves(environment, enters=lambda key, _: key != "valueFrom"):
        if leaf.field.unknown is not None and not is_marked(leaf.field):
            findings.is_open(leaf.field)
            continue
        reason = reason_against(leaf.field, leaf.name, is_variable=True)
        if reason is not None:
            name = shown_name(leaf.name)
            yield ("An environment variable" if name is None else f"The environment variable '{name}'"), reason


def _in_commands(container: ContainerView, findings: Findings) -> Iterator[tuple[str, str]]:
    fields = container.fields
    yield from _in_arguments("The command line", [fields.get("command"), fields.get("args")], findings)
    handlers = [
        *((f"The {probe}", fields.get(probe)) for probe in _PROBES),
        *((f"The {hook} hook", fields.get("lifecycle", hook)) for hook in _HOOKS),
    ]
    for title, handler in handlers:
        yield from _in_arguments(title, [handler.get("exec")], findings)
        for leaf in leaves(handler.get("httpGet")):
            if not is_marked(leaf.field) and findings.is_open(leaf.field):
                continue
            reason = reason_against(leaf.field, leaf.name)
            if reason is not None:
                yield title, reason
                break


def _in_arguments(title: str, lists: list[Field], findings: Findings) -> Iterator[tuple[str, str]]:
    """Yield one complaint about a command line; a flag and its value are two arguments."""
    words: list[str] = []
    for leaf in (leaf for each in lists for leaf in leaves(each)):
        if is_marked(leaf.field):
            yield title, "the program marks a part of it as secret"
            return
        if not findings.is_open(leaf.field) and (text := leaf.field.text()) is not None:
            words.append(text)
    found = next((kind for word in words if (kind := secret_in(word)) is not None), None) or secret_in(" ".join(words))
    if found is not None:
        yield title, f"a part of it looks like {found}"


WORKLOAD_SECRETS: Final = ResourceRule(
    words=RuleWords(
        name="workload-forbids-secret-literals",
        title="Containers get secrets from Secrets",
        description="No container may have a secret as literal environment variable, argument or header.",
        remediation=(
            "Put the value into a Secret and refer to it with valueFrom.secretKeyRef or a volume; programs read it "
            "from a variable or a file, never from their arguments. Then make a new one: this one has been seen."
        ),
        severity=Severity.CRITICAL,
        tags=("kubernetes", "secrets"),
    ),
    read=lambda config: config,
    check=check,
)
"""The rule."""
