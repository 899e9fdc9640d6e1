"""Gateways, their listeners, and the routes that are attached to them, as the Gateway API has them."""

__all__ = ["Attachment", "Listener", "attachments", "is_gateway", "is_route", "listeners_of"]

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from core.fields import Field
from core.kubernetes_names import is_label
from policies.findings import Findings
from policies.resource import Manifest

_GROUPS: Final = ("gateway.networking.k8s.io", "gateway.networking.x-k8s.io")
_WITH_LISTENERS: Final = ("Gateway", "ListenerSet", "XListenerSet")
_ROUTES: Final = ("HTTPRoute", "GRPCRoute", "TLSRoute")


@dataclass(frozen=True)
class Listener:
    """One listener: `number` in its list, `fields` its properties."""

    number: int
    fields: Field

    @property
    def name(self) -> str:
        """Return its name, or its number if that is unknown or malformed."""
        name = self.fields.get("name").text()
        return name if name is not None and is_label(name) else f"#{self.number}"


@dataclass(frozen=True)
class Attachment:
    """One parent of a route: "Gateway coder/coder", and which of its listeners, all of them if None."""

    parent: str
    section: str | None
    port: int | None

    def selects(self, listener: Listener) -> bool:
        """Say whether the route is attached to this listener, as far as is known."""
        port = listener.fields.get("port").integer()
        return (self.section is None or self.section == listener.name) and (
            self.port is None or port is None or self.port == port
        )


def is_gateway(manifest: Manifest) -> bool:
    """Say whether an object has listeners."""
    return manifest.group in _GROUPS and manifest.kind in _WITH_LISTENERS


def is_route(manifest: Manifest) -> bool:
    """Say whether an object is a route with host names."""
    return manifest.group in _GROUPS and manifest.kind in _ROUTES


def listeners_of(manifest: Manifest, findings: Findings) -> Iterator[Listener]:
    """Yield the listeners that are known to be there; what hides more is noted as open."""
    found = manifest.body.get("spec", "listeners")
    findings.is_open(found)
    for number, fields in enumerate(found.items()):
        if not findings.is_open(fields):
            yield Listener(number, fields)


def attachments(route: Manifest, findings: Findings) -> Iterator[Attachment]:
    """Yield what a route is attached to; what is unknown of it is noted as open."""
    parents = route.body.get("spec", "parentRefs")
    findings.is_open(parents)
    for parent in parents.items():
        parts = [parent.get(key) for key in ("kind", "namespace", "name", "sectionName", "port")]
        if findings.is_open(parent) or findings.is_open(*parts):
            continue
        kind, namespace, name, section, port = parts
        place = namespace.text() or route.namespace.text()
        path = f"{place}/{name.text()}" if place else str(name.text())
        yield Attachment(f"{kind.text() or 'Gateway'} {path}", section.text(), port.integer())
