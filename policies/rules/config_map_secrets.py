"""Rule: ConfigMaps hold no secrets, in text or in base64."""

__all__ = ["CONFIG_MAP_SECRETS", "check"]

import base64
from collections.abc import Mapping
from typing import Any, Final

from pulumi_policy import Severity

from core.fields import Field
from policies.findings import Findings
from policies.resource import Manifest, Resource
from policies.rule import ResourceRule, RuleWords
from policies.secret_values.findings import reason_against, shown_name
from policies.secret_values.marks import is_marked
from policies.subjects.leaves import leaves


def check(resource: Resource, _config: Mapping[str, Any], findings: Findings) -> None:
    """Report entries of ConfigMaps that are, or hold, secrets."""
    for manifest in resource.manifests(findings):
        if (manifest.group, manifest.kind) == ("core", "ConfigMap"):
            _check_entries(manifest, findings)


def _check_entries(manifest: Manifest, findings: Findings) -> None:
    for part in ("data", "binaryData"):
        for leaf in leaves(manifest.body.get(part)):
            field = leaf.field
            if not is_marked(field):
                if findings.is_open(field):
                    continue
                field = _plain(field) if part == "binaryData" else field
            reason = reason_against(field, leaf.name)
            if reason is not None:
                name = shown_name(leaf.name)
                entry = "An entry" if name is None else f"The entry '{name}'"
                sentence = f"{entry} of {manifest.subject.title} must not hold a secret: {reason}."
                findings.violation(manifest.subject, sentence)


def _plain(field: Field) -> Field:
    """Return binary data as text; bytes that are none stand for signs no secret has, and what is no text stays."""
    text = field.text()
    if text is None:
        return field
    try:
        content = base64.b64decode(text, validate=True)
    except ValueError:
        return field
    return Field(content.decode(errors="replace"))


CONFIG_MAP_SECRETS: Final = ResourceRule(
    words=RuleWords(
        name="config-map-forbids-secrets",
        title="ConfigMaps hold no secrets",
        description="No entry of a ConfigMap may be or hold a secret.",
        remediation=(
            "Put the value into a Secret: whoever may list ConfigMaps reads them in clear, and they are not sealed at "
            "rest. Then make a new one: this one has been seen."
        ),
        severity=Severity.CRITICAL,
        tags=("kubernetes", "secrets"),
    ),
    read=lambda config: config,
    check=check,
)
"""The rule."""
