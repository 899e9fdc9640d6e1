"""Where each file of a lab's cluster lies: below the lab's directory, and as seen from inside the namespaces."""

__all__ = ["CONTAINERD_SOCKET", "LOCAL_LOG_TARGET", "SUPERVISOR_SOCKET", "ClusterLayout"]

from dataclasses import dataclass
from pathlib import Path

from lab.instance import LabInstance

CONTAINERD_SOCKET = Path("/run/containerd/containerd.sock")
"""Inside the lab, whose /run is its own: short, whatever the length of the lab's directory."""

SUPERVISOR_SOCKET = Path("/run/supervisor.sock")
"""Inside the lab; the host reaches it through /proc/PID/root."""

LOCAL_LOG_TARGET = Path("/var/log")
"""Inside the lab, covered by the lab's own folder: the kubelet and the runtime write pod logs there."""


@dataclass(frozen=True)
class ClusterLayout:
    """Paths of one lab."""

    root: Path

    @classmethod
    def of(cls, instance: LabInstance) -> "ClusterLayout":
        """Return the layout of `instance`."""
        return cls(instance.directory)

    @property
    def pki(self) -> Path:
        """Certificates and keys."""
        return self.root / "pki"

    @property
    def config(self) -> Path:
        """Rendered settings of the components."""
        return self.root / "config"

    @property
    def etcd(self) -> Path:
        """The database."""
        return self.root / "etcd"

    @property
    def containerd(self) -> Path:
        """Images and container file systems; /var/lib/containerd inside."""
        return self.root / "containerd"

    @property
    def kubelet(self) -> Path:
        """The kubelet's folder; /var/lib/kubelet inside."""
        return self.root / "kubelet"

    @property
    def volumes(self) -> Path:
        """Data of persistent volumes."""
        return self.root / "volumes"

    @property
    def logs(self) -> Path:
        """One log a component."""
        return self.root / "logs"

    @property
    def node_logs(self) -> Path:
        """Pod logs; /var/log inside."""
        return self.root / "logs" / "node"

    @property
    def audit(self) -> Path:
        """What was asked of the API server, by whom."""
        return self.root / "logs" / "audit"

    @property
    def run(self) -> Path:
        """What only holds while the lab runs."""
        return self.root / "run"

    @property
    def record(self) -> Path:
        """Which process the running lab is."""
        return self.run / "lab.json"

    @property
    def journal(self) -> Path:
        """What was changed on the host, written before each change."""
        return self.run / "journal.jsonl"

    @property
    def lock(self) -> Path:
        """Held by whoever starts or stops the lab."""
        return self.run / "lock"

    def log(self, program: str) -> Path:
        """Return the log file of one program."""
        return self.logs / f"{program}.log"

    def make_folders(self) -> None:
        """Create what is missing; keys and data are readable by root alone."""
        private = (self.root, self.pki, self.etcd, self.config, self.run, self.audit)
        shared = (self.containerd, self.kubelet, self.volumes, self.logs, self.node_logs)
        for folder in (*private, *shared):
            folder.mkdir(mode=0o700 if folder in private else 0o755, parents=True, exist_ok=True)
