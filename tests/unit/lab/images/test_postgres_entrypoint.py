"""The entrypoint of the postgres image, with stand-ins for PostgreSQL's programs."""

import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[4] / "lab" / "images" / "debian" / "postgres-entrypoint.sh"
PASSWORD = {"POSTGRES_PASSWORD": "canary-7"}
STAND_INS = {
    "id": 'echo "${STAND_IN_UID:-999}"',
    "initdb": """\
echo "initdb $*" >>"$STAND_IN_LOG"
for option; do
    case $option in
        --pgdata=*) data=${option#*=} ;;
        --pwfile=*) echo "password $(cat "${option#*=}")" >>"$STAND_IN_LOG" ;;
    esac
done
mkdir "$data"
echo 15 >"$data/PG_VERSION"
mkdir "$data/base"
echo '# sample' >"$data/postgresql.conf"
echo '# local' >"$data/pg_hba.conf"
""",
    "postgres": """\
if [ "$1" = --single ]; then
    cat >>"$STAND_IN_LOG"
    [ -z "${STAND_IN_KILL:-}" ] || kill -9 $PPID
    exit 0
fi
echo "postgres $* password=${POSTGRES_PASSWORD:-none}" >>"$STAND_IN_LOG"
""",
    "mv": """\
case "${STAND_IN_KILL_MOVE:-} $*" in
    "1 "*PG_VERSION) kill -9 $PPID; exit 1 ;;
esac
exec /bin/mv "$@"
""",
}


class Container:
    def __init__(self, root: Path) -> None:
        self.programs = root / "bin"
        self.data = root / "data"
        self.log_file = root / "log"
        self.programs.mkdir()
        self.log_file.touch()
        for name, text in STAND_INS.items():
            (self.programs / name).write_text(f"#!/bin/bash\n{text}")
            (self.programs / name).chmod(0o755)

    def start(self, *args: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", str(SCRIPT), *(args or ("postgres",))],
            env={
                "PATH": f"{self.programs}:/usr/bin:/bin",
                "PGDATA": str(self.data),
                "STAND_IN_LOG": str(self.log_file),
                **environment,
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )

    def log(self) -> list[str]:
        return self.log_file.read_text().splitlines()


@pytest.fixture
def container(tmp_path: Path) -> Container:
    return Container(tmp_path)


def test_an_empty_volume_gets_a_cluster_with_the_user_database_and_password(container: Container) -> None:
    done = container.start(**{**PASSWORD, "POSTGRES_USER": "coder", "POSTGRES_DB": 'co"der'})
    assert done.returncode == 0, done.stderr
    initdb, read, database, started = container.log()
    assert "--username=coder" in initdb
    assert "canary-7" not in initdb + done.stdout + done.stderr
    assert read == "password canary-7"
    assert database == 'CREATE DATABASE "co""der";'
    assert started == "postgres  password=none"
    assert sorted(path.name for path in container.data.iterdir()) == [
        "PG_VERSION",
        "base",
        "pg_hba.conf",
        "postgresql.conf",
    ]
    assert (container.data / "postgresql.conf").read_text().endswith("listen_addresses = '*'\n")
    assert (container.data / "pg_hba.conf").read_text().endswith("host all all all scram-sha-256\n")
    assert container.data.stat().st_mode & 0o777 == 0o700


def test_a_cluster_that_is_there_is_started_as_it_is(container: Container) -> None:
    container.start(**PASSWORD)
    container.log_file.write_text("")
    assert container.start("-c", "fsync=off").returncode == 0
    assert container.log() == ["postgres -c fsync=off password=none"]


def test_the_password_may_come_from_a_file(container: Container, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from-file\n")
    container.start(POSTGRES_PASSWORD_FILE=str(tmp_path / "secret"))
    assert "password from-file" in container.log()


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({}, "set POSTGRES_PASSWORD or POSTGRES_PASSWORD_FILE"),
        ({"POSTGRES_PASSWORD": "x", "POSTGRES_PASSWORD_FILE": "/y"}, "are both set"),
        ({"POSTGRES_PASSWORD_FILE": "/missing"}, "/missing, which POSTGRES_PASSWORD_FILE names, cannot be read"),
    ],
)
def test_what_is_missing_is_one_sentence(container: Container, environment: dict[str, str], message: str) -> None:
    done = container.start(**environment)
    assert done.returncode == 1
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
    assert container.log() == []


def test_a_volume_with_somebody_elses_files_is_left_alone(container: Container) -> None:
    container.data.mkdir()
    (container.data / "lost+found").mkdir()
    (container.data / "photo.jpg").touch()
    done = container.start(**PASSWORD)
    assert "holds no PostgreSQL cluster, but" in done.stderr
    assert "photo.jpg" in done.stderr
    assert sorted(path.name for path in container.data.iterdir()) == ["lost+found", "photo.jpg"]


@pytest.mark.parametrize("moment", ["STAND_IN_KILL", "STAND_IN_KILL_MOVE"])
def test_a_first_start_killed_half_way_is_made_up_for(container: Container, moment: str) -> None:
    settings = {"POSTGRES_USER": "coder", "POSTGRES_PASSWORD": "x"}
    assert container.start(**settings, **{moment: "1"}).returncode != 0
    assert not (container.data / "PG_VERSION").exists()
    assert container.start(**settings).returncode == 0
    assert container.log()[-1].startswith("postgres ")
    assert not (container.data / ".making").exists()
    assert (container.data / "base").is_dir()


def test_another_command_runs_as_it_is(container: Container) -> None:
    done = container.start("sh", "-c", "echo hello")
    assert done.stdout == "hello\n"
    assert not container.data.exists()
