"""Rule: nobody writes into a proxy's own configuration by annotation."""

__all__ = ["ENTRY_SNIPPETS", "check"]

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pulumi_policy import Severity

from core.fields import Field
from policies.findings import Findings, Subject
from policies.resource import Resource
from policies.rule import ResourceRule, RuleWords
from policies.subjects.leaves import leaves
from policies.subjects.releases import release_of

_KINDS: Final = frozenset({"Ingress", "IngressClass", "Gateway", "HTTPRoute", "GRPCRoute", "Service"})
# Last parts of names: those of ingress-nginx, of NGINX's own controller, of HAProxy's two.
_SNIPPET: Final = re.compile(
    r"(?:.*/)?(?:[a-z-]*snippets?|config-(?:backend|frontend|global|defaults|tcp|proxy|sections|peers)(?:-late|-early)?)"
)
# In the controller's own ConfigMap: it lets everybody's annotations through.
_SWITCH: Final = "allow-snippet-annotations"
_SHOWN: Final = re.compile(r"[a-z0-9./-]{1,80}", re.ASCII)


def check(resource: Resource, _config: Mapping[str, Any], findings: Findings) -> None:
    """Report annotations that are configuration of a proxy, and the switch that lets them through."""
    for manifest in resource.manifests(findings):
        annotations = manifest.body.get("metadata", "annotations")
        if manifest.kind in _KINDS and not findings.is_open(annotations):
            _report(((key, value) for key, value in annotations.entries()), manifest.subject, findings)
        if (manifest.group, manifest.kind) == ("core", "ConfigMap"):
            _check_switch(manifest.body.get("data", _SWITCH), manifest.subject, findings)
    release = release_of(resource)
    if release is not None:
        found = list(leaves(release.values))
        _report(((leaf.name, leaf.field) for leaf in found), release.subject, findings)
        for leaf in found:
            if leaf.name in (_SWITCH, "allowSnippetAnnotations"):
                _check_switch(leaf.field, release.subject, findings)


def _report(texts: Iterator[tuple[str, Field]], subject: Subject, findings: Findings) -> None:
    for key, value in texts:
        # An unknown value is one: what counts is that the proxy is handed some.
        if _SNIPPET.fullmatch(key) and not value.is_missing:
            which = f"the annotation {key}" if _SHOWN.fullmatch(key) else "one of its annotations"
            findings.violation(
                subject,
                f"{subject.title} must leave the proxy's configuration alone: {which} is written into it as it stands.",
            )


def _check_switch(field: Field, subject: Subject, findings: Findings) -> None:
    if not field.is_missing and not findings.is_open(field) and field.value not in ("false", False):
        findings.violation(
            subject, f"{subject.title} must not let annotations into the proxy's configuration: {_SWITCH} is not false."
        )


ENTRY_SNIPPETS: Final = ResourceRule(
    words=RuleWords(
        name="entry-forbids-snippets",
        title="Annotations are no configuration of proxies",
        description="No annotation may be written into the configuration of a proxy.",
        remediation=(
            "Use an annotation that stands for one setting. A snippet runs in the controller, which reads every Secret "
            "it serves."
        ),
        severity=Severity.CRITICAL,
        tags=("kubernetes", "network"),
    ),
    read=lambda config: config,
    check=check,
)
"""The rule."""
