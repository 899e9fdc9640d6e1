"""What leads from outside to Coder: an Ingress, or a Gateway with an HTTPRoute; TLS ends there."""

__all__ = ["EntryPoint", "EntryPointArgs", "build_gateway", "build_ingress", "build_routes", "entry_certificate"]

from collections.abc import Mapping
from typing import Final, Literal, TypedDict
from urllib.parse import urlsplit

import pulumi
import pulumi_kubernetes as kubernetes

import ports
from components.coder_manifests import CODER_NAME
from components.entry_certificate import build_certificate
from components.entry_timeouts import ingress_annotations
from components.manifest import Manifest, object_metadata

_COMPONENT: Final = "entry"
_GATEWAY_VERSION: Final = "gateway.networking.k8s.io/v1"


class EntryPointArgs(TypedDict):
    """How Coder is reached from outside."""

    namespace: str  # no Input: names are built from it
    """Namespace of Coder's Service."""
    kind: Literal["ingress", "gateway"]
    """Which API the cluster offers."""
    class_name: str
    """IngressClass or GatewayClass."""
    access_url: str
    """Where users reach Coder; with https TLS ends at the entry."""
    wildcard_access_url: str
    """Host names of workspace apps, or nothing."""
    tls_secret: str
    """Secret with the certificate of the access URL's host; needed with https, also where cert-manager writes it."""
    tls_wildcard_secret: str
    """Secret with the certificate of the wildcard; the one above if empty."""
    annotations: Mapping[str, str]
    """Annotations of the Ingress or Gateway, laid over ours."""
    idle_seconds: int
    """For how long a connection through an Ingress may be quiet."""
    issuer: str
    """Issuer of cert-manager that makes the certificate; nothing if others made the Secret."""
    issuer_kind: str
    """Issuer or ClusterIssuer."""


class EntryPoint(pulumi.ComponentResource):
    """The Ingress, or the Gateway and its HTTPRoutes, and the Certificate where an issuer makes one."""

    def __init__(self, name: str, args: EntryPointArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("spt-flow:index:EntryPoint", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        if args["kind"] == "ingress":
            manifest = build_ingress(args)
            kubernetes.networking.v1.Ingress(
                f"{name}-ingress", metadata=manifest["metadata"], spec=manifest["spec"], opts=child
            )
        else:
            gateway = _custom(f"{name}-gateway", build_gateway(args), child)
            after = pulumi.ResourceOptions(parent=self, depends_on=[gateway])
            for manifest in build_routes(args):
                _custom(f"{name}-{manifest['metadata']['name']}", manifest, after)
        if args["issuer"]:
            # Beside them, not before: a challenge by HTTP comes in through the very entry.
            _custom(f"{name}-certificate", entry_certificate(args), child)
        self.register_outputs({})


def entry_certificate(args: EntryPointArgs) -> Manifest:
    """Return the Certificate of all hosts of the entry."""
    return build_certificate(
        args["namespace"],
        _hosts(args),
        issuer=args["issuer"],
        issuer_kind=args["issuer_kind"],
        secret=args["tls_secret"],
    )


def build_ingress(args: EntryPointArgs) -> Manifest:
    """Return the Ingress: host and wildcard lead to the same Service."""
    names = _hosts(args)
    service = {"name": CODER_NAME, "port": {"name": "http"}}
    path = {"path": "/", "pathType": "Prefix", "backend": {"service": service}}
    metadata = object_metadata(CODER_NAME, args["namespace"], _COMPONENT)
    metadata["annotations"] = {**ingress_annotations(args["idle_seconds"]), **args["annotations"]}
    secrets = [args["tls_secret"], args["tls_wildcard_secret"] or args["tls_secret"]]
    tls = [{"hosts": [host], "secretName": secret} for host, secret in zip(names, secrets, strict=False)]
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": metadata,
        "spec": {
            "ingressClassName": args["class_name"],
            "rules": [{"host": host, "http": {"paths": [path]}} for host in names],
            **({"tls": tls} if _secure(args) else {}),
        },
    }


def build_gateway(args: EntryPointArgs) -> Manifest:
    """Return the Gateway: a listener for each host name, with TLS ended there, and a plain one that redirects."""
    names = _hosts(args)
    allowed = {"namespaces": {"from": "Same"}}
    listeners: list[Manifest] = [{"name": "http", "port": ports.HTTP, "protocol": "HTTP", "allowedRoutes": allowed}]
    if _secure(args):
        secrets = [args["tls_secret"], args["tls_wildcard_secret"] or args["tls_secret"]]
        listeners += [
            {
                "name": listener,
                "hostname": host,
                "port": ports.HTTPS,
                "protocol": "HTTPS",
                "tls": {"mode": "Terminate", "certificateRefs": [{"kind": "Secret", "name": secret}]},
                "allowedRoutes": allowed,
            }
            for listener, host, secret in zip(("https", "https-apps"), names, secrets, strict=False)
        ]
    metadata = object_metadata(CODER_NAME, args["namespace"], _COMPONENT)
    if args["annotations"]:
        metadata["annotations"] = dict(args["annotations"])
    return {
        "apiVersion": _GATEWAY_VERSION,
        "kind": "Gateway",
        "metadata": metadata,
        "spec": {"gatewayClassName": args["class_name"], "listeners": listeners},
    }


def build_routes(args: EntryPointArgs) -> list[Manifest]:
    """Return the HTTPRoutes: one to Coder without any time limit, and with TLS one that sends http to https."""
    names = _hosts(args)
    backend = {"name": CODER_NAME, "port": ports.HTTP}
    # Zero is "no limit": a websocket is one request.
    to_coder = {"backendRefs": [backend], "timeouts": {"request": "0s", "backendRequest": "0s"}}
    sections = ["https", "https-apps"][: len(names)] if _secure(args) else ["http"]
    routes = [_route(CODER_NAME, args, sections, to_coder)]
    if _secure(args):
        redirect = {"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 301}}
        routes.append(_route(f"{CODER_NAME}-redirect", args, ["http"], {"filters": [redirect]}))
    return routes


def _route(name: str, args: EntryPointArgs, sections: list[str], rule: Manifest) -> Manifest:
    return {
        "apiVersion": _GATEWAY_VERSION,
        "kind": "HTTPRoute",
        "metadata": object_metadata(name, args["namespace"], _COMPONENT, part=CODER_NAME),
        "spec": {
            "parentRefs": [{"name": CODER_NAME, "sectionName": section} for section in sections],
            "hostnames": _hosts(args),
            "rules": [rule],
        },
    }


def _hosts(args: EntryPointArgs) -> list[str]:
    """Return host and, if there is one, wildcard as routes may spell it: a star alone in the first label."""
    host, wildcard = urlsplit(args["access_url"]).hostname or "", args["wildcard_access_url"]
    return [host, f"*.{wildcard.partition('.')[2]}"] if wildcard else [host]


def _secure(args: EntryPointArgs) -> bool:
    return args["access_url"].startswith("https:")


def _custom(name: str, manifest: Manifest, opts: pulumi.ResourceOptions) -> kubernetes.apiextensions.CustomResource:
    return kubernetes.apiextensions.CustomResource(
        name,
        api_version=manifest["apiVersion"],
        kind=manifest["kind"],
        metadata=manifest["metadata"],
        spec=manifest["spec"],
        opts=opts,
    )
