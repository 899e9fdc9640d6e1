"""The verbs of the snapshots: the daily run, a restore, the drill, and what their pods run."""

__all__ = ["register"]

import os
from pathlib import Path
from typing import Annotated

import typer

from core.maintenance_window import OVERRIDE
from jobs.environment import read_settings
from jobs.event_log import EventLog


def register(app: typer.Typer) -> None:
    """Add the verbs to the application."""
    app.command("home-snapshots")(home_snapshots)
    app.command("restore-home")(restore)
    app.command("drill-homes")(drill)
    app.command("home-snapshots-worker", hidden=True)(worker)


def home_snapshots() -> int:
    """Take the day's snapshot of every home volume, and let go of those that are older than is kept."""
    from jobs.snapshots.run import run_home_snapshots  # noqa: PLC0415 - not for every verb
    from jobs.snapshots.settings import SnapshotSettings  # noqa: PLC0415 - as above

    return run_home_snapshots(read_settings(SnapshotSettings), EventLog("home-snapshots"))


def restore(
    claim: Annotated[str, typer.Option("--claim", help="Name of the volume claim that was snapshotted.")],
    source: Annotated[str, typer.Option("--from", help="'latest', a day (2026-11-22), or a snapshot's id.")] = "latest",
    target: Annotated[str, typer.Option("--to", help="Name of the claim that is made; by default the same.")] = "",
) -> int:
    """Make a volume claim out of a snapshot; one that is there is never written to."""
    from jobs.snapshots.restore import restore_home  # noqa: PLC0415 - not for every verb
    from jobs.snapshots.settings import SnapshotSettings  # noqa: PLC0415 - as above

    log = EventLog("restore-home")
    return restore_home(read_settings(SnapshotSettings), log, claim=claim, source=source, target=target)


def drill(
    override: Annotated[
        str, typer.Option("--override", envvar=OVERRIDE, help="Reason not to wait for the evening.")
    ] = "",
) -> int:
    """Destroy and restore a volume of its own, try the newest snapshot of a home, and tell how long it took."""
    from jobs.snapshots.drill import run_snapshot_drill  # noqa: PLC0415 - not for every verb
    from jobs.snapshots.settings import SnapshotSettings  # noqa: PLC0415 - as above

    settings = read_settings(SnapshotSettings).model_copy(update={"override": override})
    return run_snapshot_drill(settings, EventLog("drill-homes"))


def worker() -> int:
    """Carry out one order beside a volume; the pods of the other verbs run this."""
    from jobs.snapshots.repository import Repository  # noqa: PLC0415 - not for every verb
    from jobs.snapshots.worker import REPOSITORY, Worker, read_order  # noqa: PLC0415 - as above

    repository = Repository(Path(REPOSITORY), {}) if "RESTIC_PASSWORD_FILE" in os.environ else None
    EventLog("home-snapshots-worker").write("result", **Worker(repository).run(read_order()))
    return 0
