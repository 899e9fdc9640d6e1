"""Deploying a target: preview under the policies, and only if they allow it and something differs, up."""

__all__ = ["Deployment", "deploy", "open_engine", "preview"]

import sys
import time
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from lab.deploy.change_gate import check_changes
from lab.deploy.engine import Engine, EngineFiles
from lab.deploy.launchers import write_launchers
from lab.deploy.passphrase import ensure_passphrase
from lab.deploy.run_events import RunEvents
from lab.deploy.stack_file import PROJECT_ROOT
from lab.deploy.state_file import check_state, has_pending_operations, release_engines, state_exists
from lab.deploy.state_recovery import recover_checkpoint, sweep_unfinished
from lab.deploy.target import DeployTarget
from lab.deploy.workspace import prepare_workspace
from lab.limits import declare_limits
from lab.plugins.installation import install_plugins
from lab.progress import Progress
from lab.toolchain import Toolchain


@dataclass(frozen=True)
class Deployment:
    """What a run came to: `applied` is false when the preview found nothing to change."""

    events: RunEvents
    applied: bool
    seconds: float


def preview(target: DeployTarget, toolchain: Toolchain, progress: Progress) -> Deployment:
    """Show what `deploy` would do; raise PolicyViolationError when the policies forbid it."""
    return _preview(open_engine(target, toolchain, progress), progress)


def deploy(target: DeployTarget, toolchain: Toolchain, progress: Progress) -> Deployment:
    """Bring the stack to what the program says; a mandatory violation stops it before anything is changed."""
    engine = open_engine(target, toolchain, progress)
    if target.local_state is not None and has_pending_operations(target.local_state, target.stack.name):
        # Not left to `up`: it is not run when the preview's own refresh finds everything as it should be.
        with progress.step("Settle what a killed run left open") as step:
            engine.report_to(step.note).settle()
    planned = _preview(engine, progress)
    title = f"Deploy stack {target.stack.name}"
    if not planned.events.pending_changes():
        with progress.step(title) as step:
            step.unchanged("nothing to change")
        return planned
    started = time.monotonic()
    building = (
        nullcontext()
        if target.image_build is None
        else target.image_build.ready_for(planned.events, toolchain, progress)
    )
    with building, progress.step(title) as step:
        events = engine.report_to(step.note).up(refresh=True)
    return Deployment(events=events, applied=True, seconds=planned.seconds + time.monotonic() - started)


def open_engine(target: DeployTarget, toolchain: Toolchain, progress: Progress) -> Engine:
    """Prepare the private files of a target and return an engine over them; a dead run's lock is removed."""
    paths = target.paths
    python = Path(sys.executable)
    plugins = install_plugins(paths.home, python=python, project=PROJECT_ROOT)
    write_launchers(paths.launchers, engine=toolchain.bin / "pulumi", python=python)
    config = target.policy_config or target.stack.policy_config
    engine = Engine(
        target.stack.name,
        EngineFiles(
            work=prepare_workspace(paths.work, target.stack, target.overlay),
            home=paths.home,
            launchers=paths.launchers,
            backend=target.backend,
            search_path=(toolchain.bin, python.parent),
            passphrase=target.passphrase,
            policy_pack=PROJECT_ROOT / "policies",
            policy_config=config if config.exists() else None,
            program=target.stack.path.parent / "__main__.py",
            environment={} if target.image_build is None else target.image_build.environment,
            stack_exists=target.local_state is not None and state_exists(target.local_state, target.stack.name),
        ),
    )
    if target.local_state is not None:
        declare_limits(progress, plugins)
        _make_state_usable(engine, target, target.local_state)
    return engine


def _preview(engine: Engine, progress: Progress) -> Deployment:
    started = time.monotonic()
    with progress.step(f"Preview stack {engine.stack} under the policies") as step:
        events = engine.report_to(step.note).preview(refresh=True)
        check_changes(events, engine.files.policy_config)
    return Deployment(events=events, applied=False, seconds=time.monotonic() - started)


def _make_state_usable(engine: Engine, target: DeployTarget, backend: Path) -> None:
    name = target.stack.name
    backend.mkdir(parents=True, exist_ok=True, mode=0o700)
    died = release_engines(backend, name)
    if died or not state_exists(backend, name):
        recover_checkpoint(backend, name)
    sweep_unfinished(backend)
    check_state(backend, name)
    if target.passphrase is not None:
        ensure_passphrase(target.passphrase, state_exists=state_exists(backend, name))
    if died:
        engine.unlock()
