"""A small reader of the lab's API server: readiness and single objects, fast enough for every `make status`."""

__all__ = ["ClusterApi"]

import http.client
import json
import ssl
from collections.abc import Mapping
from typing import Any

import ports
from lab.cluster.layout import ClusterLayout
from lab.instance import LabInstance


class ClusterApi:
    """Reads as the lab's administrator. Every method answers None or False while the server cannot be reached."""

    def __init__(self, instance: LabInstance, *, timeout: float = 5.0) -> None:
        self._host = str(instance.node_address)
        self._pki = ClusterLayout.of(instance).pki
        self._timeout = timeout
        self._connection: http.client.HTTPSConnection | None = None

    def ready(self) -> bool:
        """Whether the API server says that it is ready."""
        status, _ = self._get("/readyz")
        return status == http.client.OK

    def object(self, path: str) -> Mapping[str, Any] | None:
        """Return the object at an API path such as "/api/v1/nodes/spt-lab"; None when it cannot be had."""
        status, body = self._get(path)
        if status != http.client.OK:
            return None
        loaded: Mapping[str, Any] = json.loads(body)
        return loaded

    def _get(self, path: str) -> tuple[int, bytes]:
        try:
            connection = self._connection or self._connect()
            connection.request("GET", path, headers={"Accept": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            self._connection = None
            return 0, b""

    def _connect(self) -> http.client.HTTPSConnection:
        context = ssl.create_default_context(cafile=str(self._pki / "ca.crt"))
        context.load_cert_chain(self._pki / "admin.crt", self._pki / "admin.key")
        self._connection = http.client.HTTPSConnection(
            self._host, ports.APISERVER, timeout=self._timeout, context=context
        )
        return self._connection
