"""What rules look at: a resource of the stack, and the Kubernetes objects in it."""

__all__ = ["Manifest", "Resource"]

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from core.fields import Field
from core.kubernetes_kinds import is_cluster_scoped
from core.kubernetes_names import is_label, is_subdomain
from core.workloads import PodSpecView, pods_of
from policies.findings import Findings, Subject

_TOKEN_PARTS: Final = 3
_PROVIDER: Final = "kubernetes"
_KIND: Final = re.compile(r"[A-Z][A-Za-z0-9]{0,62}", re.ASCII)
_LEGACY: Final = "core"
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
    def is_list(self) -> bool:
        """Say whether this is a list of objects; a kind whose name only ends like one has no `items`."""
        if self.kind == "List":
            return True
        items = self.body.get("items")
        return self.kind.endswith("List") and (items.is_sequence or items.unknown is not None)

    @property
    def namespace(self) -> Field:
        """Return metadata.namespace; missing for a cluster-scoped object, or one that lands in the default."""
        return self.body.get("metadata", "namespace")

    @property
    def subject(self) -> Subject:
        """Return how violations and exemptions call the object; only well-formed names are repeated."""
        return self._subject

    def pods(self) -> Iterator[PodSpecView]:
        """Yield the pods, or pod templates, of a workload; nothing for any other kind."""
        return iter(self._pods)

    @cached_property
    def _subject(self) -> Subject:
        name = self.body.get("metadata", "name").text()
        # A provider that does not know a kind gives its objects a namespace, even if the API server will have none.
        has_none = is_cluster_scoped(self.group, self.kind) or self.namespace.is_missing
        namespace = None if has_none else self.namespace.text()
        has_name = name is not None and is_subdomain(name)
        has_namespace = namespace is not None and is_label(namespace)
        return Subject(
            self.kind if _KIND.fullmatch(self.kind) else "object",
            namespace if namespace is not None and has_namespace else "",
            name if name is not None and has_name else self.fallback_name,
            self.origin,
            is_exact=has_name and (has_namespace or has_none),
        )

    @cached_property
    def _pods(self) -> tuple[PodSpecView, ...]:
        return tuple(pods_of(self.group, self.kind, self.body))


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
        findings.is_open(*self._opened.unseen)
        return iter(self._opened.manifests)

    @cached_property
    def _opened(self) -> "_Opened":
        opened = _Opened()
        parts = self.type.split(":")
        if len(parts) == _TOKEN_PARTS and parts[0] == _PROVIDER:
            group, _, version = parts[1].rpartition("/")
            if (group or version) not in _NO_OBJECTS:
                opened.add(Manifest(group or _LEGACY, version, parts[2], self.properties, self.name, self.origin))
        return opened


@dataclass
class _Opened:
    """The objects of one resource, and the fields that hide whether there are more."""

    manifests: list[Manifest] = field(default_factory=list)
    unseen: list[Field] = field(default_factory=list)

    def add(self, outer: Manifest) -> None:
        """Add the object, or those that it lists, in their order; lists in lists are opened without recursion."""
        waiting = list(self._readings(outer))[::-1]
        while waiting:
            manifest = waiting.pop()
            if manifest.is_list:
                waiting.extend(list(self._elements(manifest))[::-1])
            else:
                self.manifests.append(manifest)

    def _elements(self, manifest: Manifest) -> Iterator[Manifest]:
        items = manifest.body.get("items")
        self._note(items)
        for number, item in enumerate(items.items()):
            if self._note(item):
                continue
            kind, name = manifest.kind.removesuffix("List"), f"{manifest.fallback_name}[{number}]"
            yield from self._readings(Manifest(manifest.group, manifest.version, kind, item, name, manifest.origin))

    def _readings(self, manifest: Manifest) -> Iterator[Manifest]:
        """Yield what the type or list says the object is, and what the object says of itself where that differs.

        Which of the two counts is up to whoever applies the object, so both have to pass.
        """
        api_version, kind = manifest.body.get("apiVersion"), manifest.body.get("kind")
        self._note(api_version, kind)
        group, _, version = (api_version.text() or "").rpartition("/")
        own = Manifest(
            (group or _LEGACY) if version else manifest.group,
            version or manifest.version,
            kind.text() or manifest.kind,
            manifest.body,
            manifest.fallback_name,
            manifest.origin,
        )
        is_patch = manifest.kind == f"{own.kind}Patch"
        differs = (manifest.group, manifest.kind) != (own.group, own.kind)
        yield from (each for each, counts in ((manifest, differs), (own, not is_patch)) if counts and each.kind)

    def _note(self, *fields: Field) -> bool:
        unknown = [each for each in fields if each.unknown is not None]
        self.unseen.extend(unknown)
        return bool(unknown)
