"""Kubeconfig files of the administrator and of the components, certificates embedded."""

__all__ = ["build_kubeconfig"]

import base64
from typing import Any

from lab.cluster.certificate import IssuedCertificate


def build_kubeconfig(
    *, context: str, server: str, authority: IssuedCertificate, user: IssuedCertificate, user_name: str
) -> dict[str, Any]:
    """Return a kubeconfig with one context named `context`, reaching `server` as `user`."""
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {
                "name": context,
                "cluster": {
                    "server": server,
                    "certificate-authority-data": _encoded(authority.certificate_pem),
                },
            }
        ],
        "users": [
            {
                "name": user_name,
                "user": {
                    "client-certificate-data": _encoded(user.certificate_pem),
                    "client-key-data": _encoded(user.key_pem),
                },
            }
        ],
        "contexts": [{"name": context, "context": {"cluster": context, "user": user_name}}],
        "current-context": context,
    }


def _encoded(pem: bytes) -> str:
    return base64.b64encode(pem).decode()
