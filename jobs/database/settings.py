"""Which database, and where its dumps are kept: from libpq's own variables and two of ours."""

__all__ = ["DatabaseSettings"]

import re
from pathlib import Path
from typing import Annotated, Final

from pydantic import AnyHttpUrl, BeforeValidator, Field, SecretStr

from jobs.environment import JobSettings, read_secret

# Stricter than PostgreSQL: the name is part of file names and, with an addition, of other databases' names (63 bytes).
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,39}", re.ASCII)


def _database(value: object) -> str:
    if not isinstance(value, str) or _NAME.fullmatch(value) is None:
        raise ValueError("a name of at most 40 letters, digits, '_' and '-' is expected")
    return value


class DatabaseSettings(JobSettings):
    """The variables that PostgreSQL's programs read themselves, a file for the password, and the dumps' folder."""

    host: str = Field(alias="PGHOST", description="Host of the server, or the folder of its socket.")
    port: int = Field(default=5432, ge=1, le=65535, alias="PGPORT", description="Port of the server.")
    user: str = Field(alias="PGUSER", description="Role that owns the database.")
    database: Annotated[str, BeforeValidator(_database)] = Field(
        alias="PGDATABASE", description="Database to dump or to restore."
    )
    password: SecretStr | None = Field(default=None, alias="PGPASSWORD", description="Password of the role.")
    password_file: Path | None = Field(
        default=None, alias="PGPASSWORD_FILE", description="File that holds the password."
    )
    directory: Path = Field(alias="DUMP_DIRECTORY", description="Folder of the dumps, on a volume.")
    keep: int = Field(default=7, ge=1, alias="DUMP_KEEP", description="How many good dumps are kept.")
    pushgateway_url: AnyHttpUrl | None = Field(
        default=None, alias="DUMP_PUSHGATEWAY_URL", description="Prometheus Pushgateway for metrics."
    )

    def environment(self) -> dict[str, str]:
        """Return what libpq needs to know, the password included: for the environment of a program, never its argv.

        Raise UsageError if there is no password.
        """
        return {
            "PGHOST": self.host,
            "PGPORT": str(self.port),
            "PGUSER": self.user,
            "PGDATABASE": self.database,
            "PGPASSWORD": read_secret(self.password, self.password_file, variable="PGPASSWORD"),
            "PGCONNECT_TIMEOUT": "10",
            # Messages are read by people and by this program: one language, whatever the image's locale is.
            "LC_MESSAGES": "C",
        }
