"""A tunnel to nowhere else: the workspace's home is a folder, and its commands run here."""

from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import IO, TYPE_CHECKING, Any, cast

from core.command import Command, CommandResult
from sptcoder.connection.tunnel import Tunnel

if TYPE_CHECKING:
    import subprocess


@dataclass
class _Local:
    """What a tunnel does, done on this machine; only the way there is left out."""

    home: Path
    environment: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)

    @property
    def target(self) -> Any:  # noqa: ANN401 - a stand-in
        build = SimpleNamespace(id="b", template_version_name="1a2b3c4")
        workspace = SimpleNamespace(name="repo", template_name="spt-flow", latest_build=build)
        return SimpleNamespace(name="repo", full_name="me/repo", workspace=workspace)

    @property
    def session(self) -> Any:  # noqa: ANN401 - a stand-in
        builds = SimpleNamespace(parameters=lambda _: self.parameters)
        return SimpleNamespace(url="https://coder.example.com", client=SimpleNamespace(builds=builds))

    def stream(self, command: str, *, stderr: IO[bytes], small: bool = False) -> "subprocess.Popen[bytes]":
        del small
        self.commands.append(command)
        return self._shell.stream("-c", command, stderr=stderr)

    def run(self, command: str, *, stdin: str | None = None, timeout: float | None = None) -> CommandResult:
        self.commands.append(command)
        return self._shell.run("-c", command, stdin=stdin, timeout=timeout, check=False)

    def is_broken(self, code: int) -> bool:
        return code == 255

    @property
    def _shell(self) -> Command:
        return Command("sh", env={"HOME": str(self.home), **self.environment})


def local_tunnel(
    home: Path, *, environment: dict[str, str] | None = None, parameters: dict[str, str] | None = None
) -> Tunnel:
    """Return a tunnel to a workspace with this home."""
    return cast("Tunnel", _Local(home, environment or {}, parameters or {}))
