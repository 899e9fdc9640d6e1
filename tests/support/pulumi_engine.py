"""A real Pulumi engine over a throw-away stack, with our plugin editions and nothing of the user's."""

__all__ = ["PulumiEngine", "find_pulumi"]

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pulumi import automation as auto

from lab.deploy.engine_home import forbid_engine_log
from lab.deploy.lean_automation import LeanStack, LeanWorkspace, PinnedCommand
from lab.deploy.stopped_programs import end_stopped_programs
from lab.plugins.installation import install_plugins

_PROJECT = Path(__file__).resolve().parents[2]
_PROJECT_NAME = "plugins"
_STACK = "test"


def find_pulumi() -> Path | None:
    """Return the CLI: SPT_FLOW_TOOLCHAIN_BIN, the toolchain's cache, or PATH."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "spt-flow" / "bin"
    for folder in (os.environ.get("SPT_FLOW_TOOLCHAIN_BIN", ""), str(cache)):
        if folder and os.access(Path(folder) / "pulumi", os.X_OK):
            return Path(folder) / "pulumi"
    found = shutil.which("pulumi")
    return Path(found) if found else None


@dataclass
class PulumiEngine:
    """Runs inline programs; `said` collects everything the engine printed, `events` what it reported.

    `environment` is laid over the engine's own.
    """

    cli: Path
    folder: Path
    said: list[str] = field(default_factory=list)
    events: list[auto.events.EngineEvent] = field(default_factory=list)
    operations: dict[str, int] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    _stack: LeanStack | None = None

    def stack(self, program: Callable[[], object]) -> LeanStack:
        """Return the stack, with `program` as its program."""
        if self._stack is None:
            self._stack = self._open()

        def inline() -> None:
            program()

        self._stack.workspace.program = inline
        return self._stack

    def _open(self) -> LeanStack:
        home, work = self.folder / "home", self.folder / "work"
        work.mkdir(parents=True, exist_ok=True)
        (self.folder / "tmp").mkdir(exist_ok=True)
        install_plugins(home, python=Path(sys.executable), project=_PROJECT, official={})
        forbid_engine_log(home)
        workspace = LeanWorkspace(
            known=True,
            work_dir=str(work),
            project_settings=auto.ProjectSettings(name=_PROJECT_NAME, runtime="python", main=str(Path.cwd())),
            program=lambda: None,
            pulumi_home=str(home),
            pulumi_command=PinnedCommand(self._root()),
            env_vars={
                "PULUMI_BACKEND_URL": f"file://{self.backend}",
                "PULUMI_CONFIG_PASSPHRASE": "for tests",
                "PULUMI_SKIP_UPDATE_CHECK": "true",
                "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",
                "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
                **self.environment,
            },
        )
        if not self._checkpoint.exists():
            workspace.create_stack(_STACK)
        return LeanStack.open(_STACK, workspace)

    @property
    def backend(self) -> Path:
        """The folder the state is kept in."""
        folder = self.folder / "backend"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    @property
    def _checkpoint(self) -> Path:
        return self.backend / ".pulumi" / "stacks" / _PROJECT_NAME / f"{_STACK}.json"

    def preview(self, program: Callable[[], object], **options: Any) -> dict[str, int]:  # noqa: ANN401 - passed on
        """Return how many resources would have which operation."""
        try:
            result = self.stack(program).preview(on_output=self.said.append, on_event=self.events.append, **options)
        finally:
            end_stopped_programs()
        return {str(getattr(kind, "value", kind)): count for kind, count in result.change_summary.items()}

    def up(self, program: Callable[[], object], **options: Any) -> dict[str, Any]:  # noqa: ANN401 - passed on
        """Return the outputs; the operations are in `operations`."""
        try:
            self.stack(program).up(on_output=self.said.append, on_event=self.events.append, **options)
        finally:
            end_stopped_programs()
        self.operations = self._counted()
        deployment = self._deployment()
        if deployment is None:
            return {name: output.value for name, output in self.stack(program).read_outputs().items()}
        stacks = [item for item in deployment.get("resources", []) if item["type"] == "pulumi:pulumi:Stack"]
        return {name: value for item in stacks for name, value in item.get("outputs", {}).items()}

    def refresh(self, program: Callable[[], object]) -> dict[str, int]:
        """Return how many resources had which operation."""
        self.stack(program).refresh(on_output=self.said.append, on_event=self.events.append)
        return self._counted()

    def destroy(self, **options: Any) -> None:  # noqa: ANN401 - passed on
        """Delete all resources."""
        self.stack(lambda: None).destroy(on_output=self.said.append, on_event=self.events.append, **options)

    def resources(self) -> dict[str, dict[str, Any]]:
        """Return the resources in state by the last part of their URN."""
        deployment = self._deployment() or self.stack(lambda: None).export_stack().deployment or {}
        return {item["urn"].rsplit("::", 1)[-1]: item for item in deployment.get("resources", [])}

    def _counted(self) -> dict[str, int]:
        """Return the operations of the last run, as its last event sums them up."""
        summary = next(event.summary_event for event in reversed(self.events) if event.summary_event is not None)
        return {str(getattr(kind, "value", kind)): count for kind, count in summary.resource_changes.items()}

    def _deployment(self) -> dict[str, Any] | None:
        """Return the state as it lies on the disk, or None if something in it is encrypted: the CLI can read that."""
        text = self._checkpoint.read_text(encoding="utf-8")
        if '"ciphertext"' in text:
            return None
        deployment: dict[str, Any] = json.loads(text)["checkpoint"]["latest"] or {}
        return deployment

    def kept_files(self) -> Iterator[tuple[Path, bytes]]:
        """Yield every file below the engine's folders, with its content."""
        for path in self.folder.rglob("*"):
            if path.is_file() and not path.is_symlink():
                yield path, path.read_bytes()

    def files_with(self, text: str) -> list[Path]:
        """Return the files that hold a text."""
        return [path for path, content in self.kept_files() if text.encode() in content]

    @property
    def transcript(self) -> str:
        """Everything the engine said, as text."""
        return "\n".join([*self.said, *(str(event) for event in self.events)])

    def _root(self) -> Path:
        """Return a folder whose `bin/pulumi` is the CLI, as the Automation API wants it."""
        binaries = self.folder / "root" / "bin"
        binaries.mkdir(parents=True, exist_ok=True)
        link = binaries / "pulumi"
        if not link.is_symlink():
            link.symlink_to(self.cli)
        return binaries.parent
