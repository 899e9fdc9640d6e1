"""Deploying a target: preview under the policies, and only if they allow it and something differs, up."""

__all__ = ["Deployment", "deploy", "open_engine", "preview"]

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lab.deploy.engine import Engine, EngineFiles
from lab.deploy.launchers import write_launchers
from lab.deploy.passphrase import ensure_passphrase
from lab.deploy.run_events import RunEvents
from lab.deploy.stack_file import PROJECT_ROOT
from lab.deploy.state_file import check_state, release_engines, state_exists
from lab.deploy.target import DeployTarget
from lab.deploy.workspace import prepare_workspace
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
    started = time.monotonic()
    with progress.step(f"Preview stack {target.stack.name} under the policies") as step:
        events = open_engine(target, toolchain, on_status=step.note).preview(refresh=True)
    return Deployment(events=events, applied=False, seconds=time.monotonic() - started)


def deploy(target: DeployTarget, toolchain: Toolchain, progress: Progress) -> Deployment:
    """Bring the stack to what the program says; a mandatory violation stops it before anything is changed."""
    planned = preview(target, toolchain, progress)
    if not planned.events.pending_changes():
        with progress.step(f"Deploy stack {target.stack.name}") as step:
            step.unchanged("nothing to change")
        return planned
    started = time.monotonic()
    with progress.step(f"Deploy stack {target.stack.name}") as step:
        events = open_engine(target, toolchain, on_status=step.note).up(refresh=True)
    return Deployment(events=events, applied=True, seconds=planned.seconds + time.monotonic() - started)


def open_engine(
    target: DeployTarget, toolchain: Toolchain, *, on_status: Callable[[str], None] = lambda _: None
) -> Engine:
    """Prepare the private files of a target and return an engine over them; a dead run's lock is removed."""
    paths = target.paths
    work = prepare_workspace(paths.work, target.stack, target.overlay)
    write_launchers(paths.launchers, engine=toolchain.bin / "pulumi", python=Path(sys.executable))
    install_plugins(paths.home, python=Path(sys.executable), project=PROJECT_ROOT)
    config = PROJECT_ROOT / "policies" / "config" / f"{target.stack.name}.json"
    engine = Engine(
        target.stack.name,
        EngineFiles(
            work=work,
            home=paths.home,
            launchers=paths.launchers,
            backend=target.backend,
            search_path=(toolchain.bin, Path(sys.executable).parent),
            passphrase=target.passphrase,
            policy_pack=PROJECT_ROOT / "policies",
            policy_config=config if config.exists() else None,
            program=target.stack.path.parent / "__main__.py",
        ),
        on_status=on_status,
    )
    if target.local_state is not None and target.passphrase is not None:
        ensure_passphrase(target.passphrase, state_exists=state_exists(target.local_state, target.stack.name))
        target.local_state.mkdir(parents=True, exist_ok=True, mode=0o700)
        check_state(target.local_state, target.stack.name)
        if release_engines(target.local_state, target.stack.name):
            engine.unlock()
    return engine
