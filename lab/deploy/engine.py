"""The Pulumi engine over one stack of this project: real CLI, inline program, policy pack, private files only."""

__all__ = ["Engine", "EngineFiles", "scrub_environment"]

import os
import re
import runpy
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from pulumi import automation as auto

from core.errors import InterruptedRunError, SptFlowError
from core.rare_collections import rare_collections
from lab.deploy.engine_home import forbid_engine_log
from lab.deploy.import_ahead import import_ahead
from lab.deploy.interrupt import InterruptGuard
from lab.deploy.lean_automation import LeanStack, LeanWorkspace, PinnedCommand
from lab.deploy.quiet_sdk import without_debug_lines
from lab.deploy.run_events import RunEvents
from lab.deploy.run_failure import explain_failure
from lab.deploy.short_traces import short_traces
from lab.deploy.stack_file import PROJECT_ROOT
from lab.deploy.stopped_programs import end_stopped_programs

_CREDENTIAL: Final = re.compile(r"^PULUMI_|^KUBECONFIG$")
_PATIENCE: Final = 1.0
"""Seconds that a failed run may take for its program to end; who reads the error is not to wait for more."""


@dataclass(frozen=True)
class EngineFiles:
    """What an engine runs with; `backend` is a URL, `policy_config` a JSON file beside the pack.

    `environment` holds more variables for the engine alone.
    """

    work: Path
    home: Path
    launchers: Path
    backend: str
    search_path: tuple[Path, ...]
    program: Path
    stack_exists: bool = False
    passphrase: Path | None = None
    policy_pack: Path | None = None
    policy_config: Path | None = None
    environment: Mapping[str, str] = field(default_factory=dict)


class Engine:
    """Preview and up of one stack; every failure is a SptFlowError, never a traceback."""

    def __init__(self, stack: str, files: EngineFiles) -> None:
        self.stack = stack
        self.files = files
        self._on_status: Callable[[str], None] = lambda _: None
        self._opened: LeanStack | None = None
        self._imports: threading.Thread | None = None

    def report_to(self, on_status: Callable[[str], None]) -> Self:
        """Send the status lines of the runs to come to `on_status`."""
        self._on_status = on_status
        return self

    def preview(self, *, refresh: bool = False) -> RunEvents:
        """Return what `up` would do; raise PolicyViolationError when the pack forbids it."""
        pack, config = self._policies()
        return self._run(
            lambda stack, events: stack.preview(
                policy_packs=pack, policy_pack_configs=config, refresh=refresh, on_event=events, color="never"
            )
        )

    def up(self, *, refresh: bool = False) -> RunEvents:
        """Make it so. The caller has previewed before: this run meets a violation only half-way."""
        pack, config = self._policies()
        return self._run(
            lambda stack, events: stack.up(
                policy_packs=pack,
                policy_pack_configs=config,
                refresh=refresh,
                on_event=events,
                color="never",
                show_secrets=False,
            )
        )

    def settle(self) -> RunEvents:
        """Look at what there is and forget operations whose outcome no engine learned.

        Creations among them are forgotten too: the next `up` makes them anew, and what such a one had made already is
        taken over by its name.
        """
        return self._run(
            lambda stack, events: stack.refresh(
                clear_pending_creates=True, on_event=events, color="never", show_secrets=False
            )
        )

    def outputs(self) -> dict[str, Any]:
        """Return what the stack's last run exported, secrets in clear; nothing is run."""
        try:
            return {name: output.value for name, output in self._open().read_outputs().items()}
        except auto.CommandError as error:
            raise self._explained(RunEvents(), str(error)) from None

    def unlock(self) -> None:
        """Remove a lock whose owner is dead."""
        self._open().cancel()

    def _run(self, operation: Callable[[auto.Stack, RunEvents], object]) -> RunEvents:
        events = RunEvents(on_status=self._on_status)
        guard = InterruptGuard(self._announce_interrupt)
        with rare_collections(), guard, without_debug_lines(), short_traces():
            self._imports = threading.Thread(target=import_ahead, args=(self.files.program,), daemon=True)
            self._imports.start()
            try:
                operation(self._open(), events)
            except auto.CommandError as error:
                end_stopped_programs(_PATIENCE)
                if guard.requested:
                    raise InterruptedRunError from None
                raise self._explained(events, str(error)) from None
            except RuntimeError as error:
                # The Automation API's own complaint when the engine ended without a summary.
                end_stopped_programs(_PATIENCE)
                raise self._explained(events, str(error)) from None
        if guard.requested:
            raise InterruptedRunError
        return events

    def _explained(self, events: RunEvents, output: str) -> SptFlowError:
        return explain_failure(events, output, stack=self.stack, state=self.files.backend.removeprefix("file://"))

    def _announce_interrupt(self, count: int) -> None:
        words = {1: "stopping after the step in flight (Ctrl-C again gives that step up)", 2: "giving up the step"}
        self._on_status(words.get(count, "killing the engine"))

    def _policies(self) -> tuple[list[str] | None, list[str] | None]:
        pack = self.files.policy_pack
        config = self.files.policy_config
        return ([str(pack)] if pack else None), ([str(config)] if config else None)

    def _open(self) -> LeanStack:
        if self._opened is None:
            forbid_engine_log(self.files.home)
            workspace = LeanWorkspace(
                known=self.files.stack_exists,
                work_dir=str(self.files.work),
                pulumi_home=str(self.files.home),
                program=self._program,
                env_vars=self._environment(),
                pulumi_command=PinnedCommand(self.files.launchers),
            )
            try:
                self._opened = LeanStack.open(self.stack, workspace)
            except auto.CommandError as error:
                raise self._explained(RunEvents(), str(error)) from None
        return self._opened

    def _environment(self) -> dict[str, str]:
        search = [str(self.files.launchers / "bin"), *map(str, self.files.search_path), os.environ.get("PATH", "")]
        environment = {
            "PATH": os.pathsep.join(search),
            "PYTHONPATH": str(PROJECT_ROOT),
            "PULUMI_BACKEND_URL": self.files.backend,
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            **self.files.environment,
        }
        if self.files.passphrase is not None:
            environment["PULUMI_CONFIG_PASSPHRASE_FILE"] = str(self.files.passphrase)
        return environment

    def _program(self) -> None:
        # Two threads at one package that is imported lazily: the second finds it half-made (Python before 3.11.9).
        if self._imports is not None:
            self._imports.join()
        # The engine calls this in a thread, with the caller's working directory: paths come from the file itself.
        root = str(self.files.program.parent)
        if root not in sys.path:
            sys.path.insert(0, root)
        runpy.run_path(str(self.files.program), run_name="__main__")


def scrub_environment() -> None:
    """Forget the caller's own Pulumi and kubeconfig variables: a lab run must never act on another backend."""
    for key in [key for key in os.environ if _CREDENTIAL.search(key)]:
        del os.environ[key]
