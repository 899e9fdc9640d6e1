import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import SptFlowError, UsageError
from tests.unit.jobs.database.conftest import Site


def test_what_was_dumped_comes_back(site: Site) -> None:
    before = site.fingerprint()
    site.dump()
    site.drop()
    site.create()
    assert site.restore() is None
    assert site.fingerprint() == before
    # The sequence goes on where it was: the next row gets the next number.
    assert site.server.sql("INSERT INTO users (name) VALUES ('next') RETURNING id;", site.database) == ["501"]


def test_a_full_database_is_left_alone_unless_forced(site: Site) -> None:
    site.dump()
    site.server.sql("DELETE FROM users WHERE id > 100;", site.database)
    changed = site.fingerprint()
    with pytest.raises(UsageError, match="is not empty"):
        site.restore()
    assert site.fingerprint() == changed


def test_force_takes_the_place_and_keeps_what_was_there(site: Site) -> None:
    before = site.fingerprint()
    dump, _ = site.dump()
    site.server.sql("DELETE FROM users WHERE id > 100;", site.database)
    changed = site.fingerprint()
    # What a restore that was killed half-way leaves.
    site.server.sql(f"CREATE DATABASE {site.database}_restoring;")
    former = site.restore(dump.path.name, force=True)
    assert former is not None
    assert site.fingerprint() == before
    assert site.fingerprint(former) == changed
    assert site.databases() == sorted([site.database, former])
    locales = site.server.sql("SELECT datname, encoding, datcollate, datctype FROM pg_database;")
    assert len({line.split("|", 1)[1] for line in locales if line.startswith(site.database)}) == 1


def test_nothing_happens_while_the_server_is_connected(site: Site) -> None:
    site.dump()
    site.drop()
    site.create()
    session = subprocess.Popen(
        [str(site.server.programs / "psql"), "-XqAt", "-d", site.database],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, **site.server.environment},
    )
    assert session.stdin is not None
    assert session.stdout is not None
    try:
        session.stdin.write(b"SELECT 'here';\n")
        session.stdin.flush()
        assert session.stdout.readline() == b"here\n"
        with pytest.raises(UsageError, match="1 sessions are connected") as caught:
            site.restore(force=True)
        assert caught.value.next_command == "kubectl -n coder scale deployment/coder --replicas=0"
    finally:
        session.communicate(timeout=10)
    assert site.server.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public';", site.database) == ["0"]
    site.restore()


def _damage_end(content: bytes) -> bytes:
    return content[:-200]


def _damage_middle(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes(64) + content[middle + 64 :]


@pytest.mark.parametrize("damage", [_damage_end, _damage_middle], ids=["cut", "overwritten"])
@pytest.mark.parametrize("with_checksum", [True, False])
def test_a_damaged_dump_is_refused_before_anything_is_touched(
    site: Site,
    damage: Callable[[bytes], bytes],
    with_checksum: bool,  # noqa: FBT001 - a column
) -> None:
    dump, _ = site.dump()
    dump.path.write_bytes(damage(dump.path.read_bytes()))
    if not with_checksum:
        dump.checksum_path.unlink()
    before = site.fingerprint()
    with pytest.raises(SptFlowError, match="is damaged"):
        site.restore(force=True)
    assert site.fingerprint() == before
    assert site.databases() == [site.database]


def test_a_dump_that_fails_half_way_leaves_an_empty_database_empty(site: Site) -> None:
    site.dump()
    site.drop()
    site.create()
    # A type is no relation, so the database counts as empty; but a table brings a type of its own name.
    site.server.sql("CREATE TYPE users AS ENUM ('a');", site.database)
    with pytest.raises(SptFlowError, match="could not be restored"):
        site.restore()
    assert site.server.sql("SELECT count(*) FROM pg_class WHERE relname LIKE 'users%';", site.database) == ["0"]


def test_a_role_that_may_not_create_databases_is_told_so(site: Site) -> None:
    site.dump()
    role, password = f"{site.database}_limited", "limited"
    site.server.sql(f"CREATE ROLE {role} LOGIN PASSWORD '{password}'; ALTER DATABASE {site.database} OWNER TO {role};")
    site.server.sql(f"ALTER TABLE users OWNER TO {role};", site.database)
    try:
        with pytest.raises(SptFlowError, match="may not create databases"):
            site.restore(force=True, PGUSER=role, PGPASSWORD=password)
        site.drop()
        site.server.sql(f"CREATE DATABASE {site.database} OWNER {role};")
        site.restore(PGUSER=role, PGPASSWORD=password)
        assert site.fingerprint()[0].startswith("500|")
    finally:
        site.drop()
        site.server.sql(f"DROP ROLE {role};")


def test_a_dump_that_is_not_there_is_named_with_those_that_are(site: Site, tmp_path: Path) -> None:
    with pytest.raises(SptFlowError, match="There is no dump in"):
        site.restore()
    dump, _ = site.dump()
    with pytest.raises(UsageError, match=rf"There is no dump 'other\.dump'; the newest .* are: {dump.path.name}\."):
        site.restore("other.dump")
    elsewhere = tmp_path / "copied.dump"
    elsewhere.write_bytes(dump.path.read_bytes())
    site.drop()
    site.create()
    site.restore(str(elsewhere))
    assert site.fingerprint()[0].startswith("500|")
