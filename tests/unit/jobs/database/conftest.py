import io
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from jobs.database.dump import dump_database
from jobs.database.folder import Dump
from jobs.database.restore import restore_database
from jobs.database.settings import DatabaseSettings
from jobs.environment import read_settings
from jobs.event_log import EventLog
from tests.support.postgres import Postgres

_CONTENT = """
CREATE TABLE users (id serial PRIMARY KEY, name text UNIQUE NOT NULL, blob bytea, at timestamptz);
CREATE VIEW names AS SELECT name FROM users;
INSERT INTO users (name, blob, at)
SELECT 'näme ' || i, decode(md5(i::text), 'hex'), 'epoch'::timestamptz + i * interval '1h'
FROM generate_series(1, 500) i;
"""
_FINGERPRINT = """
SELECT count(*), md5(string_agg(u::text, '|' ORDER BY id)) FROM users u;
SELECT last_value FROM users_id_seq;
SELECT count(*) FROM names;
SELECT string_agg(indexname, ',' ORDER BY indexname) FROM pg_indexes WHERE schemaname = 'public';
"""


@dataclass(frozen=True)
class Site:
    """A database with content, and a folder for its dumps."""

    server: Postgres
    database: str
    folder: Path

    def variables(self, **more: str) -> dict[str, str]:
        environment = self.server.environment
        return {
            **{key: environment[key] for key in ("PGHOST", "PGUSER", "PGPASSWORD")},
            "PGDATABASE": self.database,
            "DUMP_DIRECTORY": str(self.folder),
            **more,
        }

    def settings(self, **more: str) -> DatabaseSettings:
        return read_settings(DatabaseSettings, self.variables(**more))

    def fingerprint(self, database: str | None = None) -> list[str]:
        return self.server.sql(_FINGERPRINT, database or self.database)

    def fill(self) -> None:
        self.server.sql(_CONTENT, self.database)

    def drop(self) -> None:
        self.server.sql(f"DROP DATABASE {self.database};")

    def create(self) -> None:
        self.server.sql(f"CREATE DATABASE {self.database};")

    def dump(self, **more: str) -> tuple[Dump, list[dict[str, Any]]]:
        stream = io.StringIO()
        dump = dump_database(self.settings(**more), EventLog("dump-database", stream))
        assert dump is not None
        return dump, [json.loads(line) for line in stream.getvalue().splitlines()]

    def restore(self, source: str = "latest", *, force: bool = False, **more: str) -> str | None:
        return restore_database(
            self.settings(**more), EventLog("restore-database", io.StringIO()), source=source, force=force
        )

    def files(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir() if path.name != ".lock")

    def databases(self) -> list[str]:
        found = self.server.sql("SELECT datname FROM pg_database ORDER BY 1;")
        return [name for name in found if name.startswith(self.database)]


@pytest.fixture
def site(postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("PATH", postgres.environment["PATH"])
    folder = tmp_path / "dumps"
    folder.mkdir()
    site = Site(postgres, f"coder_{secrets.token_hex(4)}", folder)
    site.create()
    site.fill()
    yield site
    for name in site.databases():
        postgres.sql(f"DROP DATABASE {name} WITH (FORCE);")
