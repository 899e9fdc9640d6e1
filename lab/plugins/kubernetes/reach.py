"""Whether there is a cluster: decided once a run, as late as possible, and remembered."""

__all__ = ["Absent", "Reach"]

import asyncio
from pathlib import Path

from core.errors import SptFlowError
from lab.plugins.kubernetes import kubeconfig
from lab.plugins.kubernetes.api_errors import ApiError, UnreachableError
from lab.plugins.kubernetes.cluster import Cluster
from lab.plugins.kubernetes.connection import Connection
from lab.plugins.kubernetes.session import Session
from lab.plugins.kubernetes.settings import ProviderSettings
from lab.plugins.protocol.host import Host

_REFUSED = frozenset({401, 403})


class Absent:
    """Stands where a connection would be when the kubeconfig leads nowhere."""

    def __init__(self, namespace: str, reason: str) -> None:
        self.context = ""
        self.namespace = namespace
        self._reason = reason

    def kubeconfig_file(self) -> Path:
        """Raise UnreachableError."""
        raise UnreachableError(f"The Kubernetes cluster cannot be reached. {self._reason}")


class Reach:
    """The way to the provider's cluster. `namespace` is the one for objects that name none."""

    def __init__(self, settings: ProviderSettings, host: Host) -> None:
        self.connection: Connection | Absent
        self._probe: asyncio.Task[str | None] | None = None
        try:
            access = kubeconfig.resolve(
                kubeconfig.load(settings.kubeconfig),
                context=settings.context,
                cluster=settings.cluster,
                namespace=settings.namespace,
            )
        except SptFlowError as error:
            self.connection = Absent(settings.namespace or "default", error.message)
            self._reason: str | None = error.message
            self._session = None
        else:
            self.connection = Connection(access, settings.client)
            self._reason = None
            self._session = Session(Cluster(self.connection), host, settings)

    @property
    def namespace(self) -> str:
        """Return the namespace of objects that name none."""
        return self.connection.namespace

    def begin(self) -> None:
        """Start finding out, without waiting for the answer."""
        if self._session is not None and self._probe is None:
            self._probe = asyncio.create_task(self._ask(self._session))

    async def _ask(self, session: Session) -> str | None:
        try:
            await session.cluster.discovery.probe()
        except ApiError as error:
            if error.status in _REFUSED:
                return f"The API server at {session.cluster.connection.server} refuses us: {error.message}"
        except SptFlowError as error:
            return error.message
        return None

    async def reason(self) -> str | None:
        """Return why there is no cluster, as a sentence, or None if there is one."""
        self.begin()
        if self._probe is not None:
            self._reason = await asyncio.shield(self._probe)
        return self._reason

    async def session(self) -> Session | None:
        """Return the cluster, or None where there is none."""
        return None if await self.reason() else self._session

    async def require(self) -> Session:
        """Return the cluster; raise UnreachableError where there is none."""
        session = await self.session()
        if session is None:
            raise UnreachableError(f"The Kubernetes cluster cannot be reached. {await self.reason()}")
        return session

    async def close(self) -> None:
        """End the connections."""
        if isinstance(self.connection, Connection):
            await self.connection.close()
