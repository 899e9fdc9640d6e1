"""A command in a workspace, through the real `coder ssh`."""

__all__ = ["CoderShell"]

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from core.command import Command, CommandResult

_SECONDS: Final = 120.0


@dataclass(frozen=True)
class CoderShell:
    """The CLI in `binaries`, logged in to `url` by environment; no configuration of the user is read or written."""

    binaries: Path
    url: str
    token: SecretStr

    def run(self, workspace: str, *words: str, timeout: float = _SECONDS, check: bool = True) -> CommandResult:
        """Run a command, whose words the workspace's shell reads, in a workspace with a ready agent."""
        with tempfile.TemporaryDirectory(prefix="spt-demo-coder-") as folder:
            environment = {
                "CODER_URL": self.url,
                "CODER_SESSION_TOKEN": self.token.get_secret_value(),
                "CODER_CONFIG_DIR": folder,
                "CODER_NO_VERSION_WARNING": "true",
                "CODER_NO_FEATURE_WARNING": "true",
            }
            coder = Command("coder", env=environment, path=[self.binaries])
            # A stopped workspace is not started by a question about it.
            return coder.run(
                "ssh", "--disable-autostart", "--wait=yes", workspace, "--", *words, timeout=timeout, check=check
            )
