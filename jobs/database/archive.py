"""PostgreSQL's client programs: making an archive, reading all of it, asking the server."""

__all__ = ["ArchiveError", "DatabaseError", "PostgresClient", "free_space"]

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from core.command import Command
from core.errors import CommandFailedError, SptFlowError

_DUMP_SECONDS: Final = 3600.0
_QUERY_SECONDS: Final = 60.0
_RELATIONS: Final = (
    "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')"
    " AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%';"
)
_TABLE_DATA: Final = " TABLE DATA "


class DatabaseError(SptFlowError):
    """The server could not be reached, or refused."""


class ArchiveError(SptFlowError):
    """A dump is not what it should be: damaged, empty, or not there."""


def free_space(path: Path) -> str:
    """Return how much space is left where `path` is, for messages."""
    return f"{shutil.disk_usage(path).free / 2**20:.0f} MiB free"


class PostgresClient:
    """Runs pg_dump, pg_restore and psql with one environment, which holds the password."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = dict(environment)

    def dump(self, target: Path) -> None:
        """Write the database to `target` as a compressed archive; raise DatabaseError."""
        # No owners and no grants: the archive can be restored by any role that owns the database.
        self._run(
            "pg_dump",
            "--format=custom",
            "--no-owner",
            "--no-privileges",
            "--no-password",
            f"--file={target}",
            timeout=_DUMP_SECONDS,
            doing=f"The dump could not be written ({free_space(target.parent)})",
        )

    def check(self, archive: Path) -> int:
        """Return how many tables with data the archive has; raise ArchiveError if it cannot be read to its end."""
        try:
            listed = self._program("pg_restore").run("--list", str(archive), timeout=_QUERY_SECONDS).stdout
            # The table of contents stands at the front: only reading the data shows that the rest is there.
            self._program("pg_restore").run("--file=/dev/null", str(archive), timeout=_DUMP_SECONDS)
        except CommandFailedError as error:
            raise ArchiveError(f"The dump '{archive.name}' is damaged: {_last_line(error)}") from None
        tables = sum(_TABLE_DATA in line for line in listed.splitlines())
        if tables == 0:
            raise ArchiveError(f"The dump '{archive.name}' holds no table, so it is no dump of a database in use.")
        return tables

    def restore(self, archive: Path, database: str) -> None:
        """Fill an empty database from the archive, all or nothing; raise DatabaseError."""
        self._run(
            "pg_restore",
            "--single-transaction",
            "--exit-on-error",
            "--no-owner",
            "--no-privileges",
            "--no-password",
            f"--dbname={database}",
            str(archive),
            timeout=_DUMP_SECONDS,
            doing="The dump could not be restored",
        )

    def is_empty(self, database: str) -> bool:
        """Say whether the database has no table, view or sequence; raise DatabaseError."""
        return self.query(_RELATIONS, database) == ["0"]

    def query(self, statement: str, database: str | None = None, **values: str) -> list[str]:
        """Run SQL in one transaction and return the first column's lines; `values` fill in :'name' and :"name"."""
        variables = [f"--set={name}={value}" for name, value in values.items()]
        chosen = [] if database is None else [f"--dbname={database}"]
        flags = ["--no-psqlrc", "--no-password", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"]
        return self._run(
            "psql",
            *flags,
            *variables,
            *chosen,
            stdin=statement,
            timeout=_QUERY_SECONDS,
            doing="The database did not answer as expected",
        ).splitlines()

    def _program(self, name: str) -> Command:
        return Command(name, env=self._environment)

    def _run(self, program: str, *args: str, timeout: float, doing: str, stdin: str | None = None) -> str:
        try:
            return self._program(program).run(*args, stdin=stdin, timeout=timeout).stdout
        except CommandFailedError as error:
            raise DatabaseError(f"{doing}: {_last_line(error)}") from None


def _last_line(error: CommandFailedError) -> str:
    """Return what the program said last that is an error, without the program's own prefix twice."""
    lines = [line.strip() for line in (error.stderr or error.stdout).splitlines() if line.strip()]
    wanted = [line for line in lines if "error" in line.lower() or "fatal" in line.lower()] or lines
    return wanted[-1] if wanted else f"{error.program} ended with exit code {error.returncode}"
