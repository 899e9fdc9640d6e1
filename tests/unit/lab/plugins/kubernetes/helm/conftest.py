"""A chart, a connection to the test's API server, and requests as the engine makes them."""

import asyncio
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from lab.plugins.kubernetes.charts import ChartStore
from lab.plugins.kubernetes.helm_release import HelmRelease
from lab.plugins.protocol.host import Host, Severity
from lab.plugins.protocol.requests import (
    CheckRequest,
    CreateRequest,
    DeleteRequest,
    DiffRequest,
    ReadRequest,
    UpdateRequest,
)
from lab.plugins.protocol.results import CheckResult, CreateResult, DiffResult, ReadResult
from lab.plugins.protocol.values import Properties
from tests.support.apiserver import ApiServer

_TYPE = "kubernetes:helm.sh/v3:Release"
_TEMPLATE = """
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-settings
data:
  message: {{ .Values.message | quote }}
{{- if .Values.replicas }}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-web
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      serviceAccountName: missing
      containers: [{name: app, image: "registry.example.com/app:1"}]
{{- end }}
"""


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    """Return the folder of a chart whose Deployment can never become ready: its service account is missing."""
    folder = tmp_path / "small"
    (folder / "templates").mkdir(parents=True)
    (folder / "Chart.yaml").write_text("apiVersion: v2\nname: small\nversion: 0.1.0\nappVersion: '1.2'\n")
    (folder / "values.yaml").write_text("message: hello\nreplicas: 0\n")
    (folder / "templates" / "objects.yaml").write_text(_TEMPLATE)
    return folder


class RecordingHost(Host):
    """A host without an engine that keeps what it was told."""

    def __init__(self) -> None:
        super().__init__(None)
        self.said: list[str] = []

    async def log(self, severity: Severity, message: str, urn: str = "", *, ephemeral: bool = False) -> None:
        del urn, ephemeral
        self.said.append(f"{severity.value}: {message}")


@dataclass
class TestConnection:
    """The API server as the release's code sees a cluster."""

    __test__ = False
    api: ApiServer
    namespace: str
    context: str = "test"

    def kubeconfig_file(self) -> Path:
        return self.api.kubeconfig

    async def request(self, method: str, path: str, *, subject: str) -> dict[str, Any]:
        del subject
        answer: dict[str, Any] = await asyncio.to_thread(self.api.request, method, path)
        return answer


@dataclass
class Desk:
    """A HelmRelease with requests made the way the engine makes them, for one resource."""

    release: HelmRelease
    host: RecordingHost
    api: ApiServer
    namespace: str
    urn: str = f"urn:pulumi:test::plugins::{_TYPE}::web"
    inputs: Properties = field(default_factory=dict)

    async def check(self, olds: Properties | None = None, /, **news: Any) -> CheckResult:  # noqa: ANN401 - inputs
        return await self.release.check(CheckRequest(self.urn, _TYPE, "web", olds, news, b"seed", None))

    async def checked(self, olds: Properties | None = None, /, **news: Any) -> Properties:  # noqa: ANN401 - inputs
        result = await self.check(olds, **news)
        assert result.failures == ()
        return result.inputs

    async def create(self, inputs: Properties, *, preview: bool = False) -> CreateResult:
        return await self.release.create(CreateRequest(self.urn, _TYPE, "web", inputs, 0, preview))

    async def update(self, olds: Properties, news: Properties, *, preview: bool = False) -> Properties:
        resource_id = f"{news['namespace']}/{news['name']}"
        return await self.release.update(
            UpdateRequest(resource_id, self.urn, _TYPE, "web", olds, {}, news, 0, preview, ())
        )

    async def diff(self, olds: Properties, news: Properties, *ignored: str) -> DiffResult:
        return await self.release.diff(DiffRequest("id", self.urn, _TYPE, "web", olds, {}, news, ignored))

    async def read(self, name: str, outputs: Properties | None = None) -> ReadResult:
        resource_id = f"{self.namespace}/{name}"
        return await self.release.read(ReadRequest(resource_id, self.urn, _TYPE, "web", outputs or {}, None, 0))

    async def delete(self, name: str, outputs: Properties) -> None:
        resource_id = f"{self.namespace}/{name}"
        await self.release.delete(DeleteRequest(resource_id, self.urn, _TYPE, "web", outputs, {}, 0))

    def names(self, plural: str = "configmaps", group: str = "api/v1") -> set[str]:
        found = self.api.request("GET", f"/{group}/namespaces/{self.namespace}/{plural}")
        return {item["metadata"]["name"] for item in found["items"]}


@pytest.fixture
def desk(apiserver: ApiServer, tmp_path: Path) -> Iterator[Desk]:
    """Return a desk with a namespace of its own, or skip without helm."""
    if shutil.which("helm") is None:
        pytest.skip("no helm on PATH")
    namespace = f"helm-{uuid.uuid4().hex[:8]}"
    apiserver.request(
        "POST", "/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
    )
    host = RecordingHost()
    connection = TestConnection(apiserver, namespace)
    yield Desk(HelmRelease(connection, host, ChartStore(tmp_path / "charts")), host, apiserver, namespace)
    apiserver.request("DELETE", f"/api/v1/namespaces/{namespace}")
