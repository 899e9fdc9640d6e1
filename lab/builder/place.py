"""Where the builder keeps its files: one folder of the toolchain's cache, so that layers outlive labs."""

__all__ = ["BuilderPlace"]

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from lab.toolchain.cache import Cache, default_cache


@dataclass(frozen=True)
class BuilderPlace:
    """Paths of one builder; deleting `root` while nobody builds costs the layers and nothing else."""

    root: Path

    @classmethod
    def of(cls, cache: Cache | None = None) -> "BuilderPlace":
        """Return the place in `cache`, by default the user's."""
        return cls((cache or default_cache()).root / "docker")

    @property
    def data(self) -> Path:
        """Images, BuildKit's layers and its records."""
        return self.root / "data"

    @property
    def containerd(self) -> Path:
        """What the builder's own containerd keeps."""
        return self.root / "containerd"

    @property
    def socket(self) -> Path:
        """Where the daemon answers."""
        return self.root / "docker.sock"

    @property
    def docker_host(self) -> str:
        """The daemon's address, a value of DOCKER_HOST."""
        return f"unix://{self.socket}"

    @property
    def client_config(self) -> Path:
        """The docker client's own folder: no credentials and no contexts of the user's are in it."""
        return self.root / "client"

    @property
    def plan(self) -> Path:
        """What the guardian is told, see `guardian.GuardianPlan`."""
        return self.root / "guardian.json"

    @property
    def daemon_config(self) -> Path:
        """Settings of dockerd."""
        return self.root / "daemon.json"

    @property
    def containerd_config(self) -> Path:
        """Settings of the builder's containerd."""
        return self.root / "containerd.toml"

    @property
    def log(self) -> Path:
        """What guardian, containerd and dockerd said since the last start."""
        return self.root / "builder.log"

    @property
    def users(self) -> Path:
        """Locked shared by whoever builds, exclusively by a guardian that ends."""
        return self.root / "users.lock"

    @property
    def running(self) -> Path:
        """Locked by the guardian as long as it lives."""
        return self.root / "guardian.lock"

    @property
    def starting(self) -> Path:
        """Locked by the one user that starts the daemon."""
        return self.root / "start.lock"

    @property
    def cgroup(self) -> str:
        """The control group, from the root, below which build steps run; this builder's alone."""
        return f"spt-builder-{hashlib.sha256(os.fsencode(self.root)).hexdigest()[:8]}"

    def make_folders(self) -> None:
        """Create what is missing, for its owner alone."""
        for folder in (self.root, self.data, self.containerd, self.client_config):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
