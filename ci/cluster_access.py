"""A kubeconfig without a secret: kubectl and Pulumi ask this project for a fresh identity token each time."""

__all__ = ["exec_credential", "write_kubeconfig"]

import base64
import json
import os
import sys
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import yaml

from ci.identity_token import IdentityToken
from ci.stack_name import PROJECT_ROOT
from core.errors import SptFlowError, UsageError

_OURS: Final = "# Written by `make ci-kubeconfig`; it holds no secret."
_API: Final = "client.authentication.k8s.io/v1"


def write_kubeconfig(path: Path, *, context: str, server: str, authority: str, audience: str) -> None:
    """Write the kubeconfig of a stack; `authority` is the API server's CA in PEM, which is public.

    A file that somebody else wrote is never replaced.
    """
    parts = urlsplit(server)
    if parts.scheme != "https" or not parts.hostname or parts.username:
        raise UsageError("KUBE_SERVER must be the API server's address, such as https://api.staging.example.com:6443.")
    if "BEGIN CERTIFICATE" not in authority:
        raise UsageError("KUBE_CA must be the API server's CA certificate in PEM, as in `-----BEGIN CERTIFICATE-----`.")
    if path.exists() and _OURS not in path.read_text(encoding="utf-8", errors="replace"):
        raise SptFlowError(
            f"{path} is there and not from CI; it is not replaced.", next_command="move it aside, or set kubeconfigPath"
        )
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    text = f"{_OURS}\n{yaml.safe_dump(_content(context, server, authority, audience), sort_keys=False)}"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def exec_credential(token: IdentityToken) -> str:
    """Return what client-go wants of a program that gives it a token."""
    status = {"token": token.text, "expirationTimestamp": token.expires.strftime("%Y-%m-%dT%H:%M:%SZ")}
    return json.dumps({"apiVersion": _API, "kind": "ExecCredential", "status": status})


def _content(context: str, server: str, authority: str, audience: str) -> dict[str, object]:
    program = {
        "apiVersion": _API,
        "command": sys.executable,
        "args": ["-m", "ci", "kube-token"],
        "env": [{"name": "KUBE_AUDIENCE", "value": audience}, {"name": "PYTHONPATH", "value": str(PROJECT_ROOT)}],
        "interactiveMode": "Never",
    }
    data = base64.b64encode(authority.encode()).decode()
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": context,
        "clusters": [{"name": context, "cluster": {"server": server, "certificate-authority-data": data}}],
        "users": [{"name": "github", "user": {"exec": program}}],
        "contexts": [{"name": context, "context": {"cluster": context, "user": "github"}}],
    }
