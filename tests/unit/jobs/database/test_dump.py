import io
import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from core.errors import SptFlowError
from jobs.database.dump import dump_database
from jobs.database.folder import DumpFolder, file_checksum
from jobs.database.metrics import DumpTally
from jobs.event_log import EventLog
from tests.support.patience import wait_until
from tests.unit.jobs.database.conftest import Site

_ROOT = Path(__file__).parents[4]


def _age(site: Site, name: str, days: int) -> str:
    """Give a dump an older name, with its checksum."""
    folder = DumpFolder(site.folder, site.database)
    (dump,) = [dump for dump in folder.dumps() if dump.path.name == name]
    older = f"{site.database}-{(dump.time - timedelta(days=days)).strftime('%Y%m%dT%H%M%SZ')}.dump"
    dump.path.rename(site.folder / older)
    dump.checksum_path.rename(site.folder / f"{older}.sha256")
    return older


def test_a_dump_is_named_checked_and_told(site: Site) -> None:
    dump, (event,) = site.dump()
    assert site.files() == [dump.path.name, f"{dump.path.name}.sha256"]
    assert dump.path.stat().st_mode & 0o077 == 0
    assert event["event"] == "dumped"
    assert event["tables"] == 1
    assert event["bytes"] == dump.path.stat().st_size > 5000
    assert event["sha256"] == file_checksum(dump.path)
    assert event["seconds"] > 0
    assert event["kept"] == 1


def test_what_is_measured_is_published_whatever_comes_of_it(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    published: list[DumpTally] = []
    monkeypatch.setattr("jobs.database.dump.publish", lambda _settings, tally, _log: published.append(tally))
    dump, _ = site.dump()
    site.drop()
    with pytest.raises(SptFlowError):
        site.dump()
    good, bad = published
    assert good == DumpTally(bytes=dump.size, tables=1, kept=1, seconds=good.seconds, is_success=True)
    assert good.seconds > 0
    assert bad == DumpTally(seconds=bad.seconds)


def test_only_so_many_are_kept(site: Site) -> None:
    names = []
    for days in (3, 2, 1):
        dump, _ = site.dump(DUMP_KEEP="9")
        names.append(_age(site, dump.path.name, days))
    newest, events = site.dump(DUMP_KEEP="2")
    assert site.files() == sorted(name for kept in (names[2], newest.path.name) for name in (kept, f"{kept}.sha256"))
    assert sorted(events[-1]["removed"]) == sorted(names[:2])


def test_damaged_dumps_never_push_out_good_ones(site: Site) -> None:
    good, _ = site.dump()
    good_name = _age(site, good.path.name, 2)
    damaged, _ = site.dump()
    damaged_name = _age(site, damaged.path.name, 1)
    content = (site.folder / damaged_name).read_bytes()
    (site.folder / damaged_name).write_bytes(content[:-100])
    newest, events = site.dump(DUMP_KEEP="2")
    kept = {dump.path.name for dump in DumpFolder(site.folder, site.database).dumps()}
    assert kept == {good_name, damaged_name, newest.path.name}
    assert [(event["event"], event.get("file")) for event in events[:1]] == [("dump-damaged", damaged_name)]


def test_a_database_without_tables_pushes_nothing_out(site: Site) -> None:
    dump, _ = site.dump()
    _age(site, dump.path.name, 1)
    before = site.files()
    site.drop()
    site.create()
    with pytest.raises(SptFlowError, match="holds no table"):
        site.dump(DUMP_KEEP="1")
    assert site.files() == before
    assert len(before) == 2


def test_an_empty_database_is_no_failure_if_that_is_said(site: Site) -> None:
    site.drop()
    site.create()
    log = EventLog("dump-database", io.StringIO())
    assert dump_database(site.settings(), log, unless_empty=True) is None
    assert site.files() == []
    site.fill()
    assert dump_database(site.settings(), log, unless_empty=True) is not None


def _is_free(folder: DumpFolder) -> bool:
    try:
        with folder.locked():
            return True
    except SptFlowError:
        return False


def test_a_killed_dump_leaves_nothing_that_counts(site: Site) -> None:
    good, _ = site.dump()
    _age(site, good.path.name, 1)
    before = site.files()
    blocker = subprocess.Popen(
        [str(site.server.programs / "psql"), "-Xq", "-d", site.database],
        stdin=subprocess.PIPE,
        env={**os.environ, **site.server.environment},
    )
    assert blocker.stdin is not None
    # pg_dump waits for this lock with its file open.
    blocker.stdin.write(b"BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE;\n\\! echo\n")
    blocker.stdin.flush()
    job = subprocess.Popen(
        [sys.executable, "-m", "jobs", "dump-database"],
        cwd=_ROOT,
        env={**os.environ, **site.variables()},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_until(lambda: list(site.folder.glob("*.partial")))
        with pytest.raises(SptFlowError, match="Another dump or restore is at work"):
            site.dump()
    finally:
        os.killpg(job.pid, signal.SIGKILL)
        job.wait(10)
        blocker.stdin.close()
        blocker.wait(10)
    folder = DumpFolder(site.folder, site.database)
    assert [dump.path.name for dump in folder.dumps()] == [before[0]]
    # A child that was being made has the lock for as long as the kernel takes to end it.
    wait_until(lambda: _is_free(folder))
    dump, events = site.dump()
    assert events[0]["event"] == "partial-removed"
    assert site.files() == sorted([*before, dump.path.name, f"{dump.path.name}.sha256"])


@pytest.mark.skipif(os.geteuid() != 0, reason="a small file system can be mounted by root only")
def test_a_full_disk_is_one_sentence_and_costs_no_dump(site: Site) -> None:
    small = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(site.folder)]
    if subprocess.run(small, capture_output=True, check=False).returncode != 0:
        pytest.skip("a file system cannot be mounted here")
    try:
        dump, _ = site.dump()
        name = _age(site, dump.path.name, 1)
        site.server.sql(
            "INSERT INTO users (name, blob) SELECT 'x' || i, sha256(i::text::bytea) FROM generate_series(1, 9000) i;",
            site.database,
        )
        with pytest.raises(SptFlowError, match=r"The dump could not be written \(0 MiB free\): .*No space left"):
            site.dump(DUMP_KEEP="1")
        assert site.files() == [name, f"{name}.sha256"]
        assert DumpFolder(site.folder, site.database).dumps()[0].is_intact()
    finally:
        subprocess.run(["umount", str(site.folder)], check=True)


def test_the_password_is_in_no_argument_and_no_message(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for program in ("pg_dump", "pg_restore"):
        script = f'#!/bin/sh\necho "$0 $*" >>{tmp_path}/argv\nexec {site.server.programs}/{program} "$@"\n'
        (tools / program).write_text(script)
        (tools / program).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")
    (tmp_path / "secret").write_text(f"{site.server.password}\n")
    _, events = site.dump(PGPASSWORD="", PGPASSWORD_FILE=str(tmp_path / "secret"))
    argv = (tmp_path / "argv").read_text()
    assert argv.count("pg_dump") >= 1
    assert site.server.password not in argv + str(events)


def test_a_wrong_password_is_one_line_of_the_log(site: Site) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "jobs", "dump-database"],
        cwd=_ROOT,
        env={**os.environ, **site.variables(PGPASSWORD="canary-of-a-password")},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) == 1
    assert "password authentication failed" in done.stdout
    assert "canary" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert site.files() == []
