"""What rules look at: a resource of the stack, and the Kubernetes objects in it."""

__all__ = ["Manifest", "Resource"]

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from core.fields import Field
from core.kubernetes_names import is_label, is_subdomain
from core.workloads import PodSpecView, pods_of
from policies.findings import Findings, Subject

_TOKEN_PARTS: Final = 3
_PROVIDER: Final = "kubernetes"
# Tokens of the provider's package that are no objects of the API server.
_NO_OBJECTS: Final = frozenset({"helm.sh", "yaml", "kustomize"})


@dataclass(frozen=True)
class Manifest:
    """One Kubernetes object: `group` is "core" for the legacy group, `body` has apiVersion, kind, metadata, spec."""

    group: str
    version: str
    kind: str
    body: Field
    fallback_name: str
    origin: str = ""

    @property
    def namespace(self) -> Field:
        """Return metadata.namespace; missing for a cluster-scoped object, or one that lands in the default."""
        return self.body.get("metadata", "namespace")

    @property
    def subject(self) -> Subject:
        """Return how violations and exemptions call the object; only well-formed names are repeated."""
        name = self.body.get("metadata", "name").text()
        namespace = self.namespace.text()
        return Subject(
            self.kind,
            namespace if namespace is not None and is_label(namespace) else "",
            name if name is not None and is_subdomain(name) else self.fallback_name,
            self.origin,
        )

    def pods(self) -> Iterator[PodSpecView]:
        """Yield the pods, or pod templates, of a workload; nothing for any other kind."""
        return pods_of(self.group, self.kind, self.body)


@dataclass(frozen=True)
class Resource:
    """One resource: Pulumi's type token, logical name and URN, its properties, and whether it is protected.

    `options_known` is false where a file holds no resource options (plain YAML); rules about them do not apply then.
    `origin` says where an object comes from that is no resource itself, such as "rendered by Release 'coder'".
    """

    type: str
    name: str
    properties: Field
    urn: str = ""
    is_protected: bool = False
    options_known: bool = True
    origin: str = ""

    @property
    def subject(self) -> Subject:
        """Return how to call the resource itself, whatever it holds."""
        return Subject(self.type.rpartition(":")[2], "", self.name)

    def manifests(self, findings: Findings) -> Iterator[Manifest]:
        """Yield the Kubernetes objects of the resource, lists opened; elements that are unknown are noted as open."""
        parts = self.type.split(":")
        if len(parts) != _TOKEN_PARTS or parts[0] != _PROVIDER:
            return
        group, _, version = parts[1].rpartition("/")
        if (group or version) not in _NO_OBJECTS:
            whole = Manifest(group or "core", version, parts[2], self.properties, self.name, self.origin)
            yield from _opened(whole, findings)


def _opened(manifest: Manifest, findings: Findings) -> Iterator[Manifest]:
    if not manifest.kind.endswith("List"):
        yield manifest
        return
    items = manifest.body.get("items")
    findings.is_open(items)
    for number, item in enumerate(items.items()):
        api_version, kind = item.get("apiVersion"), item.get("kind")
        if findings.is_open(item) or findings.is_open(api_version, kind):
            continue
        group, version = manifest.group, manifest.version
        if (text := api_version.text()) is not None:
            group, _, version = text.rpartition("/")
        own_kind = kind.text() or manifest.kind.removesuffix("List")
        name = f"{manifest.fallback_name}[{number}]"
        element = Manifest(group or "core", version, own_kind, item, name, manifest.origin)
        yield from _opened(element, findings)
