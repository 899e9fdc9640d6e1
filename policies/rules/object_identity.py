"""Rule: objects say themselves what they are called and where they are."""

__all__ = ["OBJECT_IDENTITY", "check"]

from collections.abc import Iterator, Mapping
from typing import Any, Final

from core.kubernetes_kinds import is_cluster_scoped
from policies.findings import Findings
from policies.resource import Manifest, Resource
from policies.rule import ResourceRule, RuleWords
from policies.subjects.releases import release_of

_AUTONAMED: Final = "pulumi.com/autonamed"
_DEFAULT_NAMESPACE: Final = "default"


def check(resource: Resource, _config: Mapping[str, Any], findings: Findings) -> None:
    """Report objects named by chance, or in whatever namespace is the default."""
    for manifest in resource.manifests(findings):
        complaints = list(_name_complaints(manifest, findings))
        if not is_cluster_scoped(manifest.group, manifest.kind) and not manifest.origin:
            complaints += _namespace_complaints(manifest, findings)
        for complaint in complaints:
            findings.violation(manifest.subject, f"{manifest.subject.title} must {complaint}.")
    release = release_of(resource)
    if release is not None:
        for key in ("name", "namespace"):
            found = release.properties.get(key)
            if not findings.is_open(found) and found.value in (None, "", _DEFAULT_NAMESPACE):
                complaint = f"name its {key}: it {'names none' if found.value != _DEFAULT_NAMESPACE else 'is default'}"
                findings.violation(release.subject, f"{release.subject.title} must {complaint}.")


def _name_complaints(manifest: Manifest, findings: Findings) -> Iterator[str]:
    metadata = manifest.body.get("metadata")
    name, generated = metadata.get("name"), metadata.get("generateName")
    autonamed = metadata.get("annotations", _AUTONAMED)
    findings.is_open(name, generated, autonamed)
    if generated.unknown is None and not generated.is_missing:
        yield "have a name of its own: it has generateName"
    elif autonamed.unknown is None and not autonamed.is_missing:
        yield "have a name of its own: Pulumi has made one up"
    elif name.unknown is None and not name.text():
        yield "have a name of its own: metadata.name is missing or no string"


def _namespace_complaints(manifest: Manifest, findings: Findings) -> Iterator[str]:
    namespace = manifest.namespace
    if findings.is_open(namespace):
        return
    if not namespace.text():
        yield "name its namespace: metadata.namespace is missing or no string"
    elif namespace.value == _DEFAULT_NAMESPACE:
        yield "be in a namespace of the platform: it is in default"


OBJECT_IDENTITY: Final = ResourceRule(
    words=RuleWords(
        name="object-requires-explicit-name",
        title="Objects are named explicitly",
        description=(
            "Every object must have metadata.name and, unless it belongs to the whole cluster, metadata.namespace; "
            "neither may be left to chance or to a default."
        ),
        remediation="Set metadata.name and metadata.namespace; do not use generateName or Pulumi's automatic names.",
        tags=("kubernetes", "names"),
    ),
    read=lambda config: config,
    check=check,
)
"""The rule. What is named by chance is made anew with every replacement, and cannot be taken over after a lost run."""
