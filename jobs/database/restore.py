"""Putting a dump back: into an empty database as it is, or beside a full one that then changes places with it."""

__all__ = ["restore_database"]

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from core.errors import UsageError
from jobs.database.archive import ArchiveError, DatabaseError, PostgresClient
from jobs.database.folder import Dump, DumpFolder
from jobs.database.settings import DatabaseSettings
from jobs.event_log import EventLog

LATEST: Final = "latest"
_MAINTENANCE: Final = "postgres"
_STOP_SERVER: Final = "kubectl -n coder scale deployment/coder --replicas=0"
_OTHER_SESSIONS: Final = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = :'name' AND backend_type = 'client backend'"
    " AND pid <> pg_backend_pid();"
)
_MAY_CREATE: Final = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user;"
# With the encoding and the locale of the one whose place it takes.
_CREATE: Final = (
    "SELECT format('CREATE DATABASE %I TEMPLATE template0 ENCODING %L LC_COLLATE %L LC_CTYPE %L',"
    " :'fresh', pg_encoding_to_char(encoding), datcollate, datctype) FROM pg_database WHERE datname = :'name' \\gexec\n"
)
_SWAP: Final = 'BEGIN; ALTER DATABASE :"name" RENAME TO :"former"; ALTER DATABASE :"fresh" RENAME TO :"name"; COMMIT;'


def restore_database(settings: DatabaseSettings, log: EventLog, *, source: str, force: bool) -> str | None:
    """Restore the dump `source` (`latest`, a file's name in the folder, or a path); log and return what became of it.

    The dump is checked first, and nothing may be connected to the database. An empty database is filled in one
    transaction. One that is not empty needs `force`: the dump goes into a new database, which changes names with the
    old one at the very end; the old one stays under the name that is returned. Raise SptFlowError.
    """
    client = PostgresClient(settings.environment())
    folder = DumpFolder(settings.directory, settings.database)
    started = time.monotonic()
    with folder.locked():
        dump = _chosen(folder, source)
        tables = _checked(client, dump)
        _refuse_sessions(client, settings.database)
        is_empty = client.is_empty(settings.database)
        if not is_empty and not force:
            raise UsageError(
                f"The database '{settings.database}' is not empty; a dump goes into an empty one, or, with --force, "
                "takes its place and leaves it under another name."
            )
        former = None if is_empty else _replace(client, settings.database, dump.path)
        if is_empty:
            client.restore(dump.path, settings.database)
    log.write(
        "restored",
        file=dump.path.name,
        database=settings.database,
        tables=tables,
        former=former,
        seconds=round(time.monotonic() - started, 3),
    )
    return former


def _chosen(folder: DumpFolder, source: str) -> Dump:
    dumps = folder.dumps()
    if source == LATEST:
        if not dumps:
            raise ArchiveError(f"There is no dump in '{folder.path}'.")
        return dumps[0]
    path = Path(source) if "/" in source else folder.path / source
    if not path.is_file():
        names = ", ".join(dump.path.name for dump in dumps[:3]) or "none"
        raise UsageError(f"There is no dump '{source}'; the newest in '{folder.path}' are: {names}.")
    return Dump(path, datetime.fromtimestamp(path.stat().st_mtime, UTC), path.stat().st_size)


def _checked(client: PostgresClient, dump: Dump) -> int:
    """Return the number of tables of a dump that is whole; one brought from elsewhere need not have a checksum."""
    if dump.recorded_checksum() is not None and not dump.is_intact():
        raise ArchiveError(
            f"The dump '{dump.path.name}' is damaged: its content is not what its checksum records.",
            next_command="choose an older dump with --from <file>",
        )
    return client.check(dump.path)


def _refuse_sessions(client: PostgresClient, database: str) -> None:
    count = client.query(_OTHER_SESSIONS, _MAINTENANCE, name=database)
    if count != ["0"]:
        raise UsageError(
            f"{count[0] if count else 'Some'} sessions are connected to the database '{database}'; the server has to "
            "be stopped before a restore.",
            next_command=_STOP_SERVER,
        )


def _replace(client: PostgresClient, database: str, archive: Path) -> str:
    """Restore beside the database, then change names in one transaction; return the former one's new name."""
    if client.query(_MAY_CREATE, _MAINTENANCE) != ["t"]:
        raise DatabaseError(
            "The role may not create databases, so the dump cannot be restored beside the full database; "
            "give it CREATEDB, or an empty database."
        )
    fresh, former = f"{database}_restoring", f"{database}_before_{datetime.now(UTC):%Y%m%d_%H%M%S}"
    # Left by an interrupted run; nothing but this job uses the name, and the folder's lock keeps others away.
    client.query('DROP DATABASE IF EXISTS :"fresh";', _MAINTENANCE, fresh=fresh)
    client.query(_CREATE, _MAINTENANCE, name=database, fresh=fresh)
    client.restore(archive, fresh)
    _refuse_sessions(client, database)
    client.query(_SWAP, _MAINTENANCE, name=database, former=former, fresh=fresh)
    return former
