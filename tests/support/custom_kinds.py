"""Kinds that a cluster gets by definitions, as far as the platform uses them, for API servers of tests.

The schemas are strict, as the real ones are: a field that is not in them is unknown. The fields are those of the
projects' own definitions; what the platform does not use is left out.
"""

__all__ = [
    "OPEN",
    "TEXT",
    "certificate_definitions",
    "custom_definition",
    "gateway_definitions",
    "item_definitions",
    "listed",
    "monitoring_definitions",
    "record",
]

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

Schema: TypeAlias = dict[str, Any]

TEXT: Final[Schema] = {"type": "string"}
OPEN: Final[Schema] = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
_NUMBER: Final[Schema] = {"type": "integer"}
_SWITCH: Final[Schema] = {"type": "boolean"}
_NUMBER_OR_TEXT: Final[Schema] = {"x-kubernetes-int-or-string": True}
_TEXTS: Final[Schema] = {"type": "object", "additionalProperties": TEXT}

_PROMETHEUS_DURATION: Final[Schema] = {
    "type": "string",
    "pattern": "^(0|(([0-9]+)y)?(([0-9]+)w)?(([0-9]+)d)?(([0-9]+)h)?(([0-9]+)m)?(([0-9]+)s)?(([0-9]+)ms)?)$",
}
_GO_DURATION: Final[Schema] = {"type": "string", "pattern": "^([0-9]+(\\.[0-9]+)?(ns|us|ms|s|m|h))+$"}

_GATEWAY_GROUP: Final = "gateway.networking.k8s.io"
# Kinds in a group of Kubernetes' own need the address of their approval.
_GATEWAY_APPROVAL: Final = "https://github.com/kubernetes-sigs/gateway-api/pull/3328"


def record(required: Sequence[str] = (), /, **properties: Schema) -> Schema:
    """Return the schema of an object with these fields and no other."""
    return {"type": "object", "properties": properties, **({"required": list(required)} if required else {})}


def listed(items: Schema) -> Schema:
    """Return the schema of a list."""
    return {"type": "array", "items": items}


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


def monitoring_definitions() -> list[Schema]:
    """Return ServiceMonitor, PodMonitor and PrometheusRule of the Prometheus operator."""
    expression = record(("key", "operator"), key=TEXT, operator=TEXT, values=listed(TEXT))
    selector = record(matchLabels=_TEXTS, matchExpressions=listed(expression))
    relabelling = record(
        sourceLabels=listed(TEXT),
        separator=TEXT,
        targetLabel=TEXT,
        regex=TEXT,
        modulus=_NUMBER,
        replacement=TEXT,
        action=TEXT,
    )
    endpoint = {
        "port": TEXT,
        "path": TEXT,
        "scheme": {"type": "string", "enum": ["http", "https"]},
        "params": {"type": "object", "additionalProperties": listed(TEXT)},
        "interval": _PROMETHEUS_DURATION,
        "scrapeTimeout": _PROMETHEUS_DURATION,
        "honorLabels": _SWITCH,
        "honorTimestamps": _SWITCH,
        "relabelings": listed(relabelling),
        "metricRelabelings": listed(relabelling),
        "targetPort": _NUMBER_OR_TEXT,
    }
    common = {
        "selector": selector,
        "namespaceSelector": record(any=_SWITCH, matchNames=listed(TEXT)),
        "jobLabel": TEXT,
        "podTargetLabels": listed(TEXT),
        "sampleLimit": _NUMBER,
    }
    services = record(
        ("endpoints", "selector"), endpoints=listed(record(**endpoint)), targetLabels=listed(TEXT), **common
    )
    pods = record(("selector",), podMetricsEndpoints=listed(record(**endpoint)), **common)
    rule = record(
        ("expr",),
        alert=TEXT,
        record=TEXT,
        expr=_NUMBER_OR_TEXT,
        annotations=_TEXTS,
        labels=_TEXTS,
        keep_firing_for=_PROMETHEUS_DURATION,
        **{"for": _PROMETHEUS_DURATION},
    )
    group = record(
        ("name",), name=TEXT, interval=_PROMETHEUS_DURATION, limit=_NUMBER, labels=_TEXTS, rules=listed(rule)
    )
    kinds = {"ServiceMonitor": services, "PodMonitor": pods, "PrometheusRule": record(groups=listed(group))}
    return [
        custom_definition("monitoring.coreos.com", kind, record(("spec",), spec=spec, status=OPEN))
        for kind, spec in kinds.items()
    ]


def certificate_definitions() -> list[Schema]:
    """Return the Certificate of cert-manager."""
    certificate = record(
        ("issuerRef", "secretName"),
        secretName=TEXT,
        issuerRef=record(("name",), name=TEXT, kind=TEXT, group=TEXT),
        commonName=TEXT,
        dnsNames=listed(TEXT),
        duration=_GO_DURATION,
        renewBefore=_GO_DURATION,
        usages=listed(TEXT),
        privateKey=record(algorithm=TEXT, encoding=TEXT, rotationPolicy=TEXT, size=_NUMBER),
        secretTemplate=record(annotations=_TEXTS, labels=_TEXTS),
        revisionHistoryLimit=_NUMBER,
    )
    schema = record(("spec",), spec=certificate, status=OPEN)
    return [custom_definition("cert-manager.io", "Certificate", schema, has_status=True)]


def item_definitions() -> list[Schema]:
    """Return the OnePasswordItem of 1Password's operator; the Secret's type stands beside its `spec`."""
    schema = record(spec=record(itemPath=TEXT), type=TEXT, status=OPEN)
    return [custom_definition("onepassword.com", "OnePasswordItem", schema, has_status=True)]
