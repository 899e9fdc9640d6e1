"""Kinds that a cluster gets by definitions, as far as the platform uses them, for API servers of tests.

The schemas are strict, as the real ones are: a field that is not in them is unknown. The fields are those of the
projects' own definitions; what the platform does not use is left out.
"""

__all__ = ["OPEN", "TEXT", "custom_definition", "gateway_definitions", "listed", "record", "texts"]

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

Schema: TypeAlias = dict[str, Any]

TEXT: Final[Schema] = {"type": "string"}
OPEN: Final[Schema] = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
_NUMBER: Final[Schema] = {"type": "integer"}
_TEXTS: Final[Schema] = {"type": "object", "additionalProperties": TEXT}

_GATEWAY_GROUP: Final = "gateway.networking.k8s.io"
# Kinds in a group of Kubernetes' own need the address of their approval.
_GATEWAY_APPROVAL: Final = "https://github.com/kubernetes-sigs/gateway-api/pull/3328"


def record(required: Sequence[str] = (), /, **properties: Schema) -> Schema:
    """Return the schema of an object with these fields and no other."""
    return {"type": "object", "properties": properties, **({"required": list(required)} if required else {})}


def listed(items: Schema) -> Schema:
    """Return the schema of a list."""
    return {"type": "array", "items": items}


def texts() -> Schema:
    """Return the schema of an object of texts by any name."""
    return dict(_TEXTS)


def custom_definition(
    group: str,
    kind: str,
    schema: Schema,
    *,
    plural: str = "",
    version: str = "v1",
    cluster_scoped: bool = False,
    has_status: bool = False,
    approval: str = "",
) -> Schema:
    """Return a CustomResourceDefinition; `approval` is the address that groups of Kubernetes' own ask for."""
    plural = plural or f"{kind.lower()}s"
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {
            "name": f"{plural}.{group}",
            **({"annotations": {"api-approved.kubernetes.io": approval}} if approval else {}),
        },
        "spec": {
            "group": group,
            "scope": "Cluster" if cluster_scoped else "Namespaced",
            "names": {"kind": kind, "plural": plural, "singular": kind.lower(), "listKind": f"{kind}List"},
            "versions": [
                {
                    "name": version,
                    "served": True,
                    "storage": True,
                    "schema": {"openAPIV3Schema": schema},
                    **({"subresources": {"status": {}}} if has_status else {}),
                }
            ],
        },
    }


def gateway_definitions() -> list[Schema]:
    """Return Gateway and HTTPRoute of the Gateway API's version v1."""
    reference = record(("name",), group=TEXT, kind=TEXT, name=TEXT, namespace=TEXT)
    allowed = record(namespaces=record(**{"from": {"type": "string", "enum": ["All", "Same", "Selector", "None"]}}))
    tls = record(mode={"type": "string", "enum": ["Terminate", "Passthrough"]}, certificateRefs=listed(reference))
    listener = record(
        ("name", "port", "protocol"),
        name=TEXT,
        hostname=TEXT,
        port=_NUMBER,
        protocol=TEXT,
        tls=tls,
        allowedRoutes=allowed,
    )
    gateway = record(
        ("gatewayClassName", "listeners"),
        gatewayClassName=TEXT,
        listeners=listed(listener),
        infrastructure=record(labels=_TEXTS, annotations=_TEXTS),
    )
    duration = {"type": "string", "pattern": "^([0-9]{1,5}(h|m|s|ms)){1,4}$"}
    redirect = record(scheme=TEXT, hostname=TEXT, port=_NUMBER, statusCode={"type": "integer", "enum": [301, 302]})
    rule = record(
        matches=listed(record(path=record(type=TEXT, value=TEXT))),
        filters=listed(record(("type",), type=TEXT, requestRedirect=redirect)),
        backendRefs=listed(
            record(("name",), group=TEXT, kind=TEXT, name=TEXT, namespace=TEXT, port=_NUMBER, weight=_NUMBER)
        ),
        timeouts=record(request=duration, backendRequest=duration),
    )
    parent = record(("name",), group=TEXT, kind=TEXT, name=TEXT, namespace=TEXT, sectionName=TEXT, port=_NUMBER)
    route = record(parentRefs=listed(parent), hostnames=listed(TEXT), rules=listed(rule))
    return [
        custom_definition(
            _GATEWAY_GROUP, kind, record(("spec",), spec=spec, status=OPEN), has_status=True, approval=_GATEWAY_APPROVAL
        )
        for kind, spec in (("Gateway", gateway), ("HTTPRoute", route))
    ]
