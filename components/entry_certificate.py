"""The certificate of the entry, where cert-manager makes it: one for host and wildcard, in one Secret."""

__all__ = ["CERTIFICATE_SECRET", "build_certificate"]

from collections.abc import Sequence
from typing import Final

from components.manifest import Manifest, object_metadata

CERTIFICATE_SECRET: Final = "coder-tls"  # noqa: S105 - the name of a Secret
"""The Secret cert-manager writes the certificate and its key into."""

_NAME: Final = "coder"


def build_certificate(
    namespace: str, hosts: Sequence[str], *, issuer: str, issuer_kind: str, secret: str = CERTIFICATE_SECRET
) -> Manifest:
    """Return the Certificate (https://cert-manager.io/docs/usage/certificate).

    Not told by an annotation of the Ingress or Gateway: so it is the same for both, its key is chosen here, and an
    update waits until it is issued instead of leaving an entry without a certificate behind.
    """
    metadata = object_metadata(_NAME, namespace, "entry")
    metadata["annotations"] = {"pulumi.com/waitFor": "condition=Ready"}
    return {
        "apiVersion": "cert-manager.io/v1",
        "kind": "Certificate",
        "metadata": metadata,
        "spec": {
            "secretName": secret,
            "dnsNames": list(hosts),
            "issuerRef": {"group": "cert-manager.io", "kind": issuer_kind, "name": issuer},
            # A new key with each renewal: one that leaked is of no use for longer than its certificate.
            "privateKey": {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Always"},
            "usages": ["digital signature", "server auth"],
        },
    }
