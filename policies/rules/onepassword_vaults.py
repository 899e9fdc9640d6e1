"""Rule: items of 1Password come from allowed vaults only."""

__all__ = ["ONEPASSWORD_VAULTS", "check"]

import re
from collections.abc import Iterator
from typing import Final

from core.fields import Field
from policies.findings import Findings
from policies.resource import Manifest, Resource
from policies.rule import ResourceRule, RuleWords
from policies.secret_values.marks import is_marked

_GROUP: Final = "onepassword.com"
_KIND: Final = "OnePasswordItem"
# The operator makes Secrets for workloads with this annotation, too.
_ANNOTATION: Final = "operator.1password.io/item-path"
_PULUMI_ITEM: Final = "onepassword:index/item:Item"
_PATH: Final = re.compile(r"vaults/(?P<vault>[^/]+)/items/[^/]+")
_SHOWN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}", re.ASCII)


def check(resource: Resource, allowed: tuple[str, ...], findings: Findings) -> None:
    """Report items from vaults that are not allowed, and paths that name no item."""
    for manifest in resource.manifests(findings):
        for noun, field in _paths(manifest, findings):
            if findings.is_open(field):
                continue
            complaint = _complaint_about_path(field, allowed)
            if complaint is not None:
                findings.violation(manifest.subject, f"The {noun} of {manifest.subject.title} {complaint}")
    if resource.type == _PULUMI_ITEM:
        vault, subject = resource.properties.get("vault"), resource.subject
        complaint = None if findings.is_open(vault) else _complaint(vault.text(), vault, allowed)
        if complaint is not None:
            findings.violation(subject, f"The vault of {subject.title} {complaint}")


def _paths(manifest: Manifest, findings: Findings) -> Iterator[tuple[str, Field]]:
    if (manifest.group, manifest.kind) == (_GROUP, _KIND):
        yield "spec.itemPath", manifest.body.get("spec", "itemPath")
    own = manifest.body.get("metadata")
    pods = [pod.metadata for pod in manifest.pods()]
    for metadata in [own, *(each for each in pods if each.path != own.path)]:
        annotations = metadata.get("annotations")
        field = annotations.get(_ANNOTATION)
        if not findings.is_open(annotations) and not field.is_missing:
            yield f"annotation {_ANNOTATION}", field


def _complaint_about_path(field: Field, allowed: tuple[str, ...]) -> str | None:
    found = _PATH.fullmatch(field.string())
    if found is None:
        return "must be vaults/<vault>/items/<item>: its value is not of that form."
    return _complaint(found["vault"], field, allowed)


def _complaint(vault: str | None, field: Field, allowed: tuple[str, ...]) -> str | None:
    if vault in allowed:
        return None
    is_shown = vault is not None and _SHOWN.fullmatch(vault) and not is_marked(field)
    shown = f"'{vault}'" if is_shown else "its value"
    return f"must name an allowed vault: {shown} is none (allowed: {', '.join(allowed) or 'none'})."


ONEPASSWORD_VAULTS: Final = ResourceRule(
    words=RuleWords(
        name="onepassword-requires-allowed-vault",
        title="1Password items come from known vaults",
        description="Every item of 1Password must come from a vault that this stack allows.",
        remediation="Move the item to an allowed vault, or add its vault to this rule's allowedVaults.",
        tags=("secrets",),
    ),
    properties={"allowedVaults": {"type": "array", "items": {"type": "string", "minLength": 1}, "default": []}},
    read=lambda config: tuple(str(vault) for vault in config.get("allowedVaults", ())),
    check=check,
)
"""The rule. Vaults are compared as they are written, by title or by id."""
