"""Where one lab keeps what Pulumi needs: state, passphrase, private copies of the project files, plugins."""

__all__ = ["DeployPaths"]

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class DeployPaths:
    """The folders and files of a deployment below one private directory."""

    directory: Path

    @property
    def state(self) -> Path:
        """Backend folder of the state (`file://`)."""
        return self.directory / "state"

    @property
    def work(self) -> Path:
        """Private copies of Pulumi.yaml and the stack file; the engine writes the salt there, never in the tree."""
        return self.directory / "work"

    @property
    def home(self) -> Path:
        """PULUMI_HOME: plugins and nothing of the user's."""
        return self.directory / "pulumi"

    @property
    def launchers(self) -> Path:
        """Folder whose `bin` holds the launchers of the engine and of the policy analyzer."""
        return self.directory / "launchers"

    @property
    def passphrase(self) -> Path:
        """File (0600) with the passphrase of the state's secrets."""
        return self.directory / "passphrase"

    @property
    def image_target(self) -> Path:
        """File with the target of the workspace image that was built last by choice."""
        return self.directory / "image-target"

    @property
    def run_lock(self) -> Path:
        """File locked while a run that may change something is under way."""
        return self.directory / "run.lock"

    def owned(self) -> list[Path]:
        """Return everything a deployment may have made, for removal."""
        return [
            self.state,
            self.work,
            self.home,
            self.launchers,
            self.passphrase,
            self.image_target,
            self.run_lock,
        ]
