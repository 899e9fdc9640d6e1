"""`helm.v3.Release`: a chart installed, upgraded and removed by the real helm."""

__all__ = ["HelmRelease", "ReleaseConnection"]

import asyncio
import hashlib
import json
import os
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from core.errors import SptFlowError
from lab.plugins.kubernetes.charts import Chart, ChartReference, ChartStore
from lab.plugins.kubernetes.helm_release_arguments import install_arguments, uninstall_arguments, upgrade_arguments
from lab.plugins.kubernetes.helm_release_client import HelmClient, HelmFailedError, InstalledRelease
from lab.plugins.kubernetes.helm_release_diff import compare_release
from lab.plugins.kubernetes.helm_release_events import release_warnings
from lab.plugins.kubernetes.helm_release_inputs import complete_inputs, imported_inputs, revealed
from lab.plugins.kubernetes.helm_release_outputs import recorded_inputs, release_outputs, resource_names
from lab.plugins.kubernetes.helm_release_repair import repair
from lab.plugins.kubernetes.naming import parse_id
from lab.plugins.protocol.errors import ResourceNotReadyError
from lab.plugins.protocol.host import Host
from lab.plugins.protocol.requests import (
    CheckRequest,
    CreateRequest,
    DeleteRequest,
    DiffRequest,
    ReadRequest,
    UpdateRequest,
)
from lab.plugins.protocol.results import CheckFailure, CheckResult, CreateResult, DiffResult, ReadResult
from lab.plugins.protocol.values import Properties, contains_unknown

_DEFAULT_NAMESPACE = "default"
_CHART_INPUTS = ("chart", "version", "repositoryOpts", "devel", "verify", "keyring", "dependencyUpdate")
# The cluster's clock and ours may differ a little.
_CLOCK_SKEW = timedelta(seconds=5)


class ReleaseConnection(Protocol):
    """What a release needs to know of its cluster."""

    context: str
    namespace: str

    def kubeconfig_file(self) -> Path:
        """Return a kubeconfig that leads to the cluster, readable by this user only."""


class HelmRelease:
    """The resource type `kubernetes:helm.sh/v3:Release` on one cluster.

    A release made by a resource carries that resource's label in helm's records. A release found under the same name
    is taken on only with that label: it is what an interrupted run left behind.
    """

    def __init__(self, connection: ReleaseConnection, host: Host, charts: ChartStore | None = None) -> None:
        self._connection = connection
        self._host = host
        self._charts = charts or ChartStore()

    async def check(self, request: CheckRequest) -> CheckResult:
        """Complete the inputs, and find the chart so that `version` becomes the version it really has."""
        inputs, failures = complete_inputs(request, self._connection.namespace or _DEFAULT_NAMESPACE)
        if failures or any(contains_unknown(inputs.get(key)) for key in _CHART_INPUTS):
            return CheckResult(inputs, tuple(failures))
        try:
            chart = await self._chart(revealed(inputs))
        except SptFlowError as error:
            return CheckResult(inputs, (CheckFailure("chart", error.message),))
        return CheckResult({**inputs, "version": chart.version})

    async def diff(self, request: DiffRequest) -> DiffResult:
        """Compare the new inputs with the old ones and with the release as it was last seen."""
        news = dict(request.news)
        if "version" in request.ignore_changes and "version" in request.olds:
            news["version"] = request.olds["version"]
        return DiffResult(compare_release(recorded_inputs(request.olds), news, request.olds))

    async def create(self, request: CreateRequest) -> CreateResult:
        """Install the chart; in a preview, say what would come out without asking the cluster."""
        if request.preview:
            return CreateResult("", release_outputs(request.properties, None))
        outputs = await self._apply(request.urn, request.properties, known=False)
        return CreateResult(_id(request.properties), outputs)

    async def update(self, request: UpdateRequest) -> Properties:
        """Upgrade the release; one that somebody uninstalled is installed again."""
        if request.preview:
            return release_outputs(request.news, None)
        return await self._apply(request.urn, request.news, known=True)

    async def read(self, request: ReadRequest) -> ReadResult:
        """Read the release; raise ResourceNotReadyError when it failed, so that the next update repairs it."""
        namespace, name = parse_id(request.id)
        namespace = namespace or self._connection.namespace or _DEFAULT_NAMESPACE
        found = await self._client(namespace).find(name)
        if found is None:
            return ReadResult(None)
        if request.properties:
            inputs = recorded_inputs(request.properties)
        else:
            inputs = imported_inputs(name, namespace, dict(found.values), found.chart, found.version)
        outputs = release_outputs(inputs, found)
        if found.pending or found.status == "failed":
            reason = f"The release '{namespace}/{name}' is '{found.status}': {found.description}"
            raise ResourceNotReadyError(request.id, outputs, inputs, [reason])
        return ReadResult(f"{namespace}/{name}", outputs, inputs)

    async def delete(self, request: DeleteRequest) -> None:
        """Uninstall the release; wait for its objects to go unless it does not wait for them to come."""
        release = revealed(recorded_inputs(request.properties))
        namespace, name = parse_id(request.id)
        client = self._client(namespace or str(release.get("namespace") or _DEFAULT_NAMESPACE))
        await client.operate(self._host, *uninstall_arguments({**release, "name": name}))

    async def _apply(self, urn: str, inputs: Properties, *, known: bool) -> Properties:
        """Install or upgrade; `known` says that the release is in the stack's state already."""
        release = revealed(inputs)
        client, owner = self._client(str(release["namespace"])), _owner(urn)
        chart = await self._chart(release)
        found = await client.find(str(release["name"]))
        if found is not None and not known and not release.get("replace"):
            await _refuse_foreign(client, found, owner)
        if found is not None:
            found = await repair(client, self._host, found, release, urn)
        started = datetime.now(UTC) - _CLOCK_SKEW
        async with _values_file(release["values"]) as values:
            if release.get("lint"):
                await client.lint(chart.path, values)
            compose = install_arguments if found is None or found.status == "uninstalled" else upgrade_arguments
            try:
                await client.operate(self._host, *compose(release, chart.path, values, owner))
            except HelmFailedError as error:
                await self._record_failure(client, inputs, found, error, started)
        made = await client.find(str(release["name"]))
        if made is None:
            raise SptFlowError(f"helm reported success, but the release '{_id(inputs)}' is not there.")
        return release_outputs(inputs, made)

    async def _record_failure(
        self,
        client: HelmClient,
        inputs: Properties,
        before: InstalledRelease | None,
        error: HelmFailedError,
        started: datetime,
    ) -> None:
        """Raise what the engine should know: an unready release if helm left one, else helm's error."""
        left = await client.find(str(inputs["name"]))
        if left is None or (before is not None and left.revision == before.revision):
            raise SptFlowError(f"The release '{_id(inputs)}' failed: {error.message}") from None
        names = resource_names(left.manifest)
        events = await release_warnings(self._connection, left.namespace, names, started)
        reasons = [f"The release '{_id(inputs)}' is '{left.status}': {error.message}", *events]
        raise ResourceNotReadyError(_id(inputs), release_outputs(inputs, left), inputs, reasons) from None

    async def _chart(self, release: Mapping[str, Any]) -> Chart:
        return await asyncio.to_thread(
            self._charts.resolve, ChartReference.of(release), update_dependencies=bool(release.get("dependencyUpdate"))
        )

    def _client(self, namespace: str) -> HelmClient:
        return HelmClient(self._connection, namespace)


async def _refuse_foreign(client: HelmClient, found: InstalledRelease, owner: str) -> None:
    if found.status != "uninstalled" and not await client.owned(found.name, owner):
        raise SptFlowError(
            f"There is already a release '{found.name}' in the namespace '{found.namespace}' ({found.status}), made by "
            "something else; import it, or give this one another name."
        )


@asynccontextmanager
async def _values_file(values: object) -> AsyncIterator[Path]:
    """Yield a file with the values that only this user can read; it is gone when the block ends."""
    with tempfile.TemporaryDirectory(prefix="helm-values-") as folder:
        path = Path(folder) / "values.json"
        try:
            text = json.dumps(values or {})
        except TypeError:
            raise SptFlowError("The input 'values' must hold plain values: no assets, archives or resources.") from None
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        yield path


def _owner(urn: str) -> str:
    """Return the label value of a resource; the URN holds stack and project."""
    return hashlib.sha256(urn.encode()).hexdigest()[:32]


def _id(inputs: Properties) -> str:
    return f"{inputs['namespace']}/{inputs['name']}"
