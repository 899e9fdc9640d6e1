"""Coder's database: the CronJob's dump, put back into a database beside the live one."""

import json
import secrets
from typing import Any

import pytest

from sptcoder.api import CoderClient
from tests.support.coder_site import CONTROL_PLANE, CoderSite

pytestmark = pytest.mark.lab

_COUNTS = (
    "SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM template_versions), (SELECT count(*) FROM workspaces)"
)


def sql(site: CoderSite, database: str, statement: str) -> str:
    command = ("-n", CONTROL_PLANE, "exec", "postgres-0", "--", "psql", "-U", "coder", "-d", database, "-Atc")
    return site.kubectl.run(*command, statement).stdout.strip()


def test_a_dump_restores_into_an_empty_database(site: CoderSite, client: CoderClient) -> None:
    assert client.deployment.is_healthy()
    before = sql(site, "coder", _COUNTS)
    dumped = [json.loads(line) for line in site.job_from("database-dump", "dump-now").splitlines()]
    names = [line["file"] for line in dumped if line["event"] == "dumped"]
    assert len(names) == 1, dumped

    scratch = f"scratch_{secrets.token_hex(4)}"
    sql(site, "postgres", f"CREATE DATABASE {scratch} TEMPLATE template0")
    try:

        def restore(container: dict[str, Any]) -> None:
            container["args"] = ["restore-database", "--from", f"/dumps/{names[0]}"]
            container["env"] = [item for item in container["env"] if item["name"] != "PGDATABASE"]
            container["env"].append({"name": "PGDATABASE", "value": scratch})

        restored = [json.loads(line) for line in site.job_from("database-dump", "restore-now", restore).splitlines()]
        assert [line["tables"] > 0 for line in restored if line["event"] == "restored"] == [True], restored
        assert sql(site, scratch, _COUNTS) == before
        assert int(before.split("|")[0]) >= 2, "the owner and the bot are users"
    finally:
        sql(site, "postgres", f"DROP DATABASE {scratch} WITH (FORCE)")
