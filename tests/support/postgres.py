"""A real PostgreSQL for tests: Debian's, in a folder of its own, on a Unix socket, with a password."""

__all__ = ["Postgres", "find_postgres", "postgres"]

import os
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

_START_SECONDS = 30.0
_PROGRAMS = ("initdb", "postgres", "pg_dump", "pg_restore", "psql")


@dataclass(frozen=True)
class Postgres:
    """A running server; `environment` is libpq's, for the superuser and the database `postgres`."""

    programs: Path
    socket: Path
    user: str
    password: str

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PGHOST": str(self.socket),
            "PGUSER": self.user,
            "PGPASSWORD": self.password,
            "PGDATABASE": "postgres",
            "PATH": f"{self.programs}{os.pathsep}{os.environ['PATH']}",
        }

    def sql(self, statement: str, database: str = "postgres") -> list[str]:
        """Ask by other means than the code under test."""
        done = subprocess.run(
            [str(self.programs / "psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", database],
            input=statement,
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()


def find_postgres() -> Path | str:
    """Return the folder of PostgreSQL's programs, or why there is none, as a sentence."""
    candidates = [*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    candidates += [Path(found).parent for found in [shutil.which("initdb")] if found is not None]
    for folder in candidates:
        if all((folder / program).exists() for program in _PROGRAMS):
            return folder
    return "no PostgreSQL server: the package postgresql is not installed"


def _as_server_user(folder: Path) -> list[str]:
    """Return what to put before a command: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return []
    shutil.chown(folder, "postgres", "postgres")
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--pdeathsig", "KILL", "--"]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Yield a server that only this test run uses, or skip."""
    programs = find_postgres()
    if isinstance(programs, str):
        pytest.skip(programs)
    # Not below pytest's folder: the server's own user may not enter that.
    with tempfile.TemporaryDirectory(prefix="spt-postgres-") as name:
        folder = Path(name)
        prefix = _as_server_user(folder)
        server = Postgres(programs, folder, "keeper", secrets.token_hex(16))
        (folder / "password").write_text(server.password)
        (folder / "password").chmod(0o644)
        initdb = ["initdb", "-D", str(folder / "data"), "-U", server.user, "--pwfile", str(folder / "password")]
        subprocess.run(
            [*prefix, str(programs / initdb[0]), *initdb[1:], "--auth=scram-sha-256", "--encoding=UTF8", "--no-sync"],
            capture_output=True,
            check=True,
            cwd=folder,
            timeout=60,
        )
        settings = {"listen_addresses": "", "unix_socket_directories": name, "fsync": "off"}
        flags = [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [*prefix, str(programs / "postgres"), "-D", str(folder / "data"), *flags],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=folder,
            )
        try:
            _wait(server, process, folder / "log")
            yield server
        finally:
            process.terminate()
            process.wait(20)


def _wait(server: Postgres, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    ready = [str(server.programs / "pg_isready"), "-q", "-h", str(server.socket)]
    while subprocess.run(ready, check=False, timeout=10).returncode != 0:
        if process.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"PostgreSQL did not start: {log.read_text(errors='replace')[-500:]}")
        time.sleep(0.05)
