"""Who we are to the API server: TLS material and the Authorization header, from a kubeconfig's entries."""

__all__ = ["Credentials", "tls_context"]

import asyncio
import base64
import binascii
import json
import os
import ssl
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from core.command import Command
from core.errors import CommandFailedError
from lab.plugins.kubernetes.kubeconfig import ClusterAccess, KubeconfigError

_EXEC_TIMEOUT = 60.0
_TOKEN_LIFETIME = 60.0
"""Seconds after which a token file is read again: the kubelet renews service account tokens in place."""


def _material(entry: Mapping[str, Any], name: str) -> bytes | None:
    """Return what `<name>-data` (base64) or the file `<name>` holds."""
    inline = entry.get(f"{name}-data")
    if inline:
        try:
            return base64.b64decode(str(inline), validate=False)
        except (binascii.Error, ValueError):
            raise KubeconfigError(f"The kubeconfig's '{name}-data' is not valid base64.") from None
    path = entry.get(name)
    if not path:
        return None
    try:
        return Path(str(path)).read_bytes()
    except OSError as error:
        raise KubeconfigError(f"The kubeconfig's '{name}' '{path}' cannot be read: {error.strerror}.") from None


def _load_pair(context: ssl.SSLContext, certificate: bytes, key: bytes) -> None:
    """Load a client certificate without writing its key to a disk: OpenSSL only takes file names."""
    handle = os.memfd_create("client-certificate")
    try:
        os.write(handle, certificate.rstrip() + b"\n" + key)
        context.load_cert_chain(f"/proc/self/fd/{handle}")
    except ssl.SSLError as error:
        raise KubeconfigError(f"The kubeconfig's client certificate cannot be used: {error.reason}.") from None
    finally:
        os.close(handle)


def tls_context(access: ClusterAccess, certificate: bytes | None = None, key: bytes | None = None) -> ssl.SSLContext:
    """Return the TLS settings for a cluster; `certificate` and `key` replace those of the kubeconfig's user."""
    authority = _material(access.cluster, "certificate-authority")
    try:
        context = ssl.create_default_context(cadata=authority.decode() if authority else None)
    except (ssl.SSLError, UnicodeDecodeError):
        raise KubeconfigError("The kubeconfig's certificate authority is not a PEM certificate.") from None
    if access.cluster.get("insecure-skip-tls-verify"):
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    certificate = certificate or _material(access.user, "client-certificate")
    key = key or _material(access.user, "client-key")
    if certificate and key:
        _load_pair(context, certificate, key)
    return context


class Credentials:
    """The Authorization header of a kubeconfig's user, renewed when it expires."""

    def __init__(self, access: ClusterAccess) -> None:
        self._access = access
        self._lock = asyncio.Lock()
        self._header: str | None = None
        self._expires = 0.0
        self.certificate: tuple[bytes, bytes] | None = None
        """Client certificate and key given by an exec plugin, if any."""

    def forget(self) -> None:
        """Have the next `header` fetch anew: the server refused what we have."""
        self._expires = 0.0

    @property
    def renewable(self) -> bool:
        """Return whether fetching anew can change anything."""
        return bool(self._access.user.get("exec") or self._access.user.get("tokenFile"))

    async def header(self) -> str | None:
        """Return the value of the Authorization header, or None for a user known by certificate only."""
        user = self._access.user
        if user.get("token"):
            return f"Bearer {user['token']}"
        if user.get("username"):
            pair = f"{user['username']}:{user.get('password', '')}"
            return "Basic " + base64.b64encode(pair.encode()).decode()
        if not self.renewable:
            return None
        async with self._lock:
            if time.time() >= self._expires:
                await (self._read_token_file() if user.get("tokenFile") else self._run_plugin())
            return self._header

    async def _read_token_file(self) -> None:
        path = Path(str(self._access.user["tokenFile"]))
        try:
            token = (await asyncio.to_thread(path.read_text, encoding="utf-8")).strip()
        except OSError as error:
            raise KubeconfigError(f"The token file '{path}' cannot be read: {error.strerror}.") from None
        self._header, self._expires = f"Bearer {token}", time.time() + _TOKEN_LIFETIME

    async def _run_plugin(self) -> None:
        plugin = self._access.user["exec"]
        program = str(plugin.get("command", ""))
        api_version = str(plugin.get("apiVersion", "client.authentication.k8s.io/v1"))
        info: dict[str, Any] = {"apiVersion": api_version, "kind": "ExecCredential", "spec": {"interactive": False}}
        if plugin.get("provideClusterInfo"):
            info["spec"]["cluster"] = dict(self._access.cluster)
        given = {str(pair["name"]): str(pair["value"]) for pair in plugin.get("env") or []}
        command = Command(program, env={**given, "KUBERNETES_EXEC_INFO": json.dumps(info)})
        arguments = [str(argument) for argument in plugin.get("args") or []]
        try:
            done = await asyncio.to_thread(command.run, *arguments, timeout=_EXEC_TIMEOUT)
            status = json.loads(done.stdout)["status"]
        except CommandFailedError as error:
            message = f"The kubeconfig's credential program '{program}' failed with exit code {error.returncode}."
            raise KubeconfigError(message) from None
        except (ValueError, KeyError, TypeError):
            raise KubeconfigError(f"The credential program '{program}' printed no ExecCredential.") from None
        self._take(status)

    def _take(self, status: Mapping[str, Any]) -> None:
        self._header = f"Bearer {status['token']}" if status.get("token") else None
        certificate, key = status.get("clientCertificateData"), status.get("clientKeyData")
        self.certificate = (str(certificate).encode(), str(key).encode()) if certificate and key else None
        expiry = status.get("expirationTimestamp")
        self._expires = datetime.fromisoformat(str(expiry)).timestamp() - 10 if expiry else float("inf")
