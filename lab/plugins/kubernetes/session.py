"""What one run of the plugin shares between operations on one cluster."""

__all__ = ["Session"]

from dataclasses import dataclass, field

from lab.plugins.kubernetes.cluster import Cluster
from lab.plugins.kubernetes.settings import ProviderSettings
from lab.plugins.protocol.host import Host
from lab.plugins.protocol.redaction import Redactor
from lab.plugins.protocol.values import Properties, reveal


@dataclass
class Session:
    """A cluster that answers, the engine, and what this run has learnt about objects.

    `recorded` holds the uids that the engine's state has for a URN: objects that are not an interrupted run's.
    `adopted` holds the uids of objects this run took over instead of creating them.
    """

    cluster: Cluster
    host: Host
    settings: ProviderSettings
    recorded: dict[str, set[str]] = field(default_factory=dict)
    adopted: set[str] = field(default_factory=set)
    _redactors: dict[str, Redactor] = field(default_factory=dict)

    def remember(self, urn: str, outputs: Properties) -> None:
        """Take note that the engine's state has the object in `outputs` for `urn`."""
        metadata = reveal(outputs.get("metadata"))
        uid = metadata.get("uid") if isinstance(metadata, dict) else None
        if isinstance(uid, str):
            self.recorded.setdefault(urn, set()).add(uid)

    def forget(self, urn: str, uid: str) -> None:
        """Take note that the engine's state gives up the object `uid` of `urn`."""
        self.recorded.get(urn, set()).discard(uid)

    def protect(self, urn: str, *values: Properties) -> None:
        """Keep the secrets in `values` out of what is said about `urn` from now on."""
        self._redactors[urn] = Redactor(*values)

    def redactor(self, urn: str) -> Redactor:
        """Return what hides the secrets of `urn`."""
        return self._redactors.get(urn) or Redactor()
