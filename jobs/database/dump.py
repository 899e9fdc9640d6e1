"""The nightly dump: written, read back to its end, named, and only then are older ones let go."""

__all__ = ["dump_database"]

import time
from datetime import UTC, datetime

from jobs.database.archive import PostgresClient
from jobs.database.folder import Dump, DumpFolder
from jobs.database.metrics import DumpTally, publish
from jobs.database.settings import DatabaseSettings
from jobs.event_log import EventLog


def dump_database(settings: DatabaseSettings, log: EventLog, *, unless_empty: bool = False) -> Dump | None:
    """Make one dump and return it; whatever fails, the dumps that were there stay, and no half one is taken for good.

    With `unless_empty` a database without a table is left alone (None): nobody has used it yet. Raise SptFlowError:
    no server, a full disk, another dump at work, an archive that cannot be read back.
    """
    client = PostgresClient(settings.environment())
    if unless_empty and client.is_empty(settings.database):
        log.write("nothing-to-dump", database=settings.database, reason="the database has no table yet")
        return None
    started, tally = time.monotonic(), DumpTally()
    try:
        dump = _dump(settings, client, log, tally)
        tally.is_success = True
    finally:
        tally.seconds = round(time.monotonic() - started, 3)
        publish(settings, tally, log)
    return dump


def _dump(settings: DatabaseSettings, client: PostgresClient, log: EventLog, tally: DumpTally) -> Dump:
    folder = DumpFolder(settings.directory, settings.database)
    started = time.monotonic()
    with folder.locked():
        for name in folder.remove_partials():
            log.write("partial-removed", level="warning", file=name, reason="a former run was interrupted")
        partial = folder.partial_path(datetime.now(UTC))
        try:
            client.dump(partial)
            tally.tables = client.check(partial)
            dump = folder.accept(partial)
        finally:
            partial.unlink(missing_ok=True)
        removed, damaged = folder.remove_old(settings.keep)
    for name in damaged:
        log.write("dump-damaged", level="warning", file=name, reason="its content is not what its checksum records")
    tally.bytes, tally.kept, tally.damaged = dump.size, len(folder.dumps()) - len(damaged), len(damaged)
    log.write(
        "dumped",
        file=dump.path.name,
        bytes=dump.size,
        sha256=dump.recorded_checksum(),
        tables=tally.tables,
        seconds=round(time.monotonic() - started, 3),
        kept=tally.kept,
        removed=removed,
    )
    return dump
