"""`python -m jobs <verb>`: what the platform's CronJobs run, and what an on-call starts by hand.

Exit codes: 0 all done, 1 something failed (the log says what), 2 a wrong setting or argument, and nothing was touched.
"""

import sys
from typing import Annotated

import typer
from typer.exceptions import TyperException

from core.errors import SptFlowError, UsageError
from jobs.database.dump import dump_database
from jobs.database.restore import restore_database
from jobs.database.settings import DatabaseSettings
from jobs.environment import read_settings
from jobs.event_log import EventLog
from jobs.prepull.run import run_prepull_check
from jobs.prepull.settings import PrepullCheckSettings
from jobs.reaper.run import run_reaper
from jobs.reaper.settings import ReaperSettings
from jobs.registry_gc.guard import run_guard
from jobs.registry_gc.run import run_registry_gc
from jobs.registry_gc.settings import RegistryGcSettings
from jobs.snapshots.commands import register as register_snapshots

app = typer.Typer(
    help="Jobs of the platform, inside the cluster. Settings are environment variables; the log is JSON on stdout.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.command()
def reaper() -> int:
    """Delete CI workspaces past their deadline, and volumes whose workspace was deleted."""
    return run_reaper(read_settings(ReaperSettings), EventLog("reaper"))


@app.command("dump-database")
def dump(
    *,
    unless_empty: Annotated[
        bool, typer.Option("--unless-empty", help="A database without a table is left alone; that is no failure.")
    ] = False,
) -> int:
    """Write a checked dump of the database, and let go of the oldest ones."""
    dump_database(read_settings(DatabaseSettings), EventLog("dump-database"), unless_empty=unless_empty)
    return 0


@app.command("restore-database")
def restore(
    source: Annotated[str, typer.Option("--from", help="'latest', a file's name in the folder of dumps, or a path.")],
    *,
    force: Annotated[bool, typer.Option("--force", help="Take the place of a database that is not empty.")] = False,
) -> int:
    """Put a dump back; the server has to be stopped, and a database that is replaced stays under another name."""
    restore_database(read_settings(DatabaseSettings), EventLog("restore-database"), source=source, force=force)
    return 0


@app.command("kvm-plugin")
def kvm_plugin() -> int:
    """Offer this node's /dev/kvm to pods that ask for it, and label the node with what it can do."""
    # Not for every verb: gRPC takes longer to import than the others take to run.
    from jobs.kvm.run import run_kvm_plugin  # noqa: PLC0415
    from jobs.kvm.settings import KvmPluginSettings  # noqa: PLC0415

    return run_kvm_plugin(read_settings(KvmPluginSettings), EventLog("kvm-plugin"))


@app.command("prepull-check")
def prepull_check() -> int:
    """Say which nodes lack the workspace image; some may be given time to pull it."""
    return run_prepull_check(read_settings(PrepullCheckSettings), EventLog("prepull-check"))


@app.command("registry-gc")
def registry_gc() -> int:
    """Close the registry, remove old tags and whatever nothing refers to, open it again, and check what stayed."""
    return run_registry_gc(read_settings(RegistryGcSettings), EventLog("registry-gc"))


@app.command("registry-gc-guard")
def registry_gc_guard() -> int:
    """Open the registry that a collection has closed and did not live to open."""
    return run_guard(read_settings(RegistryGcSettings), EventLog("registry-gc-guard"))


register_snapshots(app)


def main() -> int:
    """Run one verb; a failure is one line of the log and an exit code, never a traceback."""
    log = EventLog(next((word for word in sys.argv[1:] if not word.startswith("-")), "jobs"))
    try:
        code = app(standalone_mode=False)
    except SptFlowError as error:
        return _failed(log, error)
    except TyperException as error:
        return _failed(log, UsageError(error.format_message(), next_command="python -m jobs --help"))
    except (typer.Abort, KeyboardInterrupt):
        log.write("stopped", level="error", reason="stopped on request; the next run goes on from there")
        return 130
    except Exception as error:  # noqa: BLE001 - the last line of a job says what went wrong, whatever it was
        return _failed(log, SptFlowError(f"Something went wrong that should not ({type(error).__name__}: {error})."))
    return code if isinstance(code, int) else 0


def _failed(log: EventLog, error: SptFlowError) -> int:
    log.write("failed", level="error", reason=error.message, next=error.next_command)
    return error.exit_code


if __name__ == "__main__":
    sys.exit(main())
