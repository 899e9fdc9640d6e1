"""The kubernetes edition's provider: which operation goes where."""

__all__ = ["KubernetesProvider"]

from typing import TYPE_CHECKING, ClassVar

from core.errors import SptFlowError
from lab.plugins.kubernetes import settings as provider_settings
from lab.plugins.kubernetes.checking import Scopes, check_object
from lab.plugins.kubernetes.comparing import diff_object
from lab.plugins.kubernetes.kinds import from_token
from lab.plugins.kubernetes.objects import ObjectOperations
from lab.plugins.kubernetes.provider_config import check_provider, diff_provider
from lab.plugins.kubernetes.reach import Reach
from lab.plugins.kubernetes.settings import ProviderSettings
from lab.plugins.protocol.host import Severity
from lab.plugins.protocol.provider import Provider
from lab.plugins.protocol.requests import (
    CheckRequest,
    ConfigureRequest,
    CreateRequest,
    DeleteRequest,
    DiffRequest,
    ReadRequest,
    UpdateRequest,
)
from lab.plugins.protocol.results import CheckResult, CreateResult, DiffResult, ReadResult
from lab.plugins.protocol.values import Properties

if TYPE_CHECKING:
    from lab.plugins.kubernetes.charts import ChartStore
    from lab.plugins.kubernetes.helm_release import HelmRelease

_RELEASE = "kubernetes:helm.sh/v3:Release"


class KubernetesProvider(Provider):
    """Objects of any kind by server-side apply, and helm releases, whose charts come from `charts`."""

    name: ClassVar[str] = "kubernetes"

    def __init__(self, charts: "ChartStore | None" = None) -> None:
        self._charts = charts
        self._settings = ProviderSettings()
        self._reach: Reach | None = None
        self._scopes = Scopes()
        self._release: HelmRelease | None = None

    @property
    def _way(self) -> Reach:
        if self._reach is None:
            self._reach = Reach(self._settings, self.host)
        return self._reach

    @property
    def _objects(self) -> ObjectOperations:
        return ObjectOperations(self._way, self.host, self._settings)

    def _releases(self) -> "HelmRelease":
        if self._release is None:
            from lab.plugins.kubernetes.helm_release import HelmRelease  # noqa: PLC0415 - most programs have none

            self._release = HelmRelease(self._way.connection, self.host, self._charts)
        return self._release

    async def check_config(self, request: CheckRequest) -> CheckResult:
        """Validate the provider's own inputs."""
        return CheckResult(request.news, check_provider(request.urn, request.news))

    async def diff_config(self, request: DiffRequest) -> DiffResult:
        """Compare the provider's own inputs."""
        return diff_provider(request.old_inputs or request.olds, request.news)

    async def configure(self, request: ConfigureRequest) -> None:
        """Take the provider's own inputs. Nothing fails here for want of a cluster: not every operation needs one."""
        self._settings = provider_settings.read(request.args)
        self._reach = Reach(self._settings, self.host)
        self._reach.begin()

    async def check(self, request: CheckRequest) -> CheckResult:
        """Complete a resource's inputs."""
        if self._settings.skip_update_unreachable and request.olds and await self._way.reason():
            await self.host.log(
                Severity.WARNING, "The cluster cannot be reached; the resource is left as it is.", request.urn
            )
            return CheckResult(request.olds)
        if request.type == _RELEASE:
            return await self._releases().check(request)
        from_token(request.type)
        session = await self._way.session()
        return CheckResult(await check_object(request, session, self._scopes, self._way.namespace))

    async def diff(self, request: DiffRequest) -> DiffResult:
        """Say what changed."""
        if request.type == _RELEASE:
            return await self._releases().diff(request)
        session = await self._way.session()
        if session is not None:
            session.remember(request.urn, request.olds)
        return await diff_object(request, session, self.host, self._scopes, self._settings.mutability)

    async def create(self, request: CreateRequest) -> CreateResult:
        """Create an object or release."""
        if request.type == _RELEASE:
            if not request.preview:
                await self._way.require()
            return await self._releases().create(request)
        return await self._objects.create(request)

    async def update(self, request: UpdateRequest) -> Properties:
        """Change an object or release."""
        if request.type == _RELEASE:
            if not request.preview:
                await self._way.require()
            return await self._releases().update(request)
        return await self._objects.update(request)

    async def read(self, request: ReadRequest) -> ReadResult:
        """Read an object or release; without a cluster, what the provider's settings say is done about it."""
        reason = await self._way.reason()
        if reason is None:
            return await (self._releases() if request.type == _RELEASE else self._objects).read(request)
        await self.host.log(Severity.WARNING, f"The Kubernetes cluster cannot be reached. {reason}", request.urn)
        if self._settings.delete_unreachable:
            return ReadResult(None)
        if self._settings.skip_update_unreachable:
            return ReadResult(request.id, request.properties, request.inputs or {})
        raise _unreachable(reason, "read")

    async def delete(self, request: DeleteRequest) -> None:
        """Delete an object or release; without a cluster, what the provider's settings say is done about it."""
        reason = await self._way.reason()
        if reason is None:
            await (self._releases() if request.type == _RELEASE else self._objects).delete(request)
        elif not self._settings.delete_unreachable:
            raise _unreachable(reason, "deleted")
        else:
            message = f"The Kubernetes cluster cannot be reached; the resource is only dropped from the state. {reason}"
            await self.host.log(Severity.WARNING, message, request.urn)

    async def cancel(self) -> None:
        """Nothing to do: waits end by `host.cancelled`, and a request in flight is left to finish."""


def _unreachable(reason: str, what: str) -> SptFlowError:
    return SptFlowError(
        f"The resource cannot be {what}: the Kubernetes cluster cannot be reached. {reason} If the cluster is gone for "
        "good, run again with PULUMI_K8S_DELETE_UNREACHABLE=true to drop the resource from the state."
    )
