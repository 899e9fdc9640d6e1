import base64
from collections.abc import Callable
from typing import Any

import pytest

from components.database import Database, DatabaseArgs
from components.database_dump import DatabaseDump, DatabaseDumpArgs, build_dump_cron_job, build_upgrade_dump_job
from components.database_manifests import (
    build_database_secret,
    build_service,
    build_stateful_set,
    build_volume_claim,
    database_url,
)
from jobs.database.settings import DatabaseSettings
from jobs.environment import read_settings
from tests.support.pack_verdict import broken_rules
from tests.support.recording import Registered, declare

_RESOURCES = {
    "requests": {"cpu": "250m", "memory": "512Mi", "ephemeral-storage": "64Mi"},
    "limits": {"cpu": "2", "memory": "2Gi", "ephemeral-storage": "1Gi"},
}
_ARGS: DatabaseArgs = {
    "namespace": "coder",
    "image": "postgres:15.14",
    "storage": "20Gi",
    "protect_storage": True,
    "resources": _RESOURCES,
}
_DUMP: DatabaseDumpArgs = {
    "namespace": "coder",
    "image": "tools:1",
    "schedule": "30 2 * * *",
    "keep": 7,
    "storage": "20Gi",
    "protect_storage": True,
    "coder_version": "2.36.3",
}


def _declare(**changes: Any) -> dict[str, Registered]:  # noqa: ANN401 - any argument
    args: DatabaseArgs = {**_ARGS, **changes}  # type: ignore[typeddict-item] # some of its keys
    return declare(lambda: Database("database", args))


def _jobs() -> list[tuple[str, dict[str, Any]]]:
    nightly = build_dump_cron_job("coder", schedule="30 2 * * *", image="tools:1", keep=7)
    before = build_upgrade_dump_job("coder", version="2.36.3", image="tools:1", keep=7)
    return [("CronJob", nightly), ("Job", before)]


def test_manifests(golden: Callable[[str, Any], None]) -> None:
    golden(
        "database",
        [
            build_database_secret("coder", {"url": "eA==", "password": "eA=="}),
            build_volume_claim("postgres-data", "coder", storage="20Gi", storage_class=None),
            build_service("coder"),
            build_stateful_set("coder", image="postgres:15.14", resources=_RESOURCES),
            *(manifest for _, manifest in _jobs()),
        ],
    )


def test_in_the_cluster_everything_is_made() -> None:
    found = _declare()
    assert {name: entry.type for name, entry in found.items()} == {
        "database": "spt-flow:index:Database",
        "database-password": "random:index/randomPassword:RandomPassword",
        "database-secret": "kubernetes:core/v1:Secret",
        "database-pvc": "kubernetes:core/v1:PersistentVolumeClaim",
        "database-service": "kubernetes:core/v1:Service",
        "database-stateful-set": "kubernetes:apps/v1:StatefulSet",
    }
    assert {"database-secret", "database-pvc", "database-service"} <= found["database-stateful-set"].depends_on


def test_a_database_of_the_users_needs_its_secret_alone_and_the_url_stays_secret() -> None:
    url = "postgres://coder:canary-9c1e@db.example.com/coder"
    found = _declare(url=url)
    assert set(found) == {"database", "database-secret"}
    secret = found["database-secret"]
    assert secret.inputs["data"] == {"url": base64.b64encode(url.encode()).decode()}
    assert any(path.startswith("data") for path in secret.secrets)
    assert "canary-9c1e" not in str([entry.inputs for entry in found.values()])


def test_the_generated_password_is_in_the_secret_alone() -> None:
    found = _declare()
    data = found["database-secret"].inputs["data"]
    expected = "postgres://coder:generated-password@postgres.coder.svc.cluster.local:5432/coder?sslmode=disable"
    assert base64.b64decode(data["url"]).decode() == expected
    assert base64.b64decode(data["password"]) == b"generated-password"
    others = [entry.inputs for name, entry in found.items() if name != "database-secret"]
    assert "generated-password" not in str(others)


def test_a_password_with_signs_of_urls_is_written_so_that_it_is_read_back() -> None:
    assert "coder:a%40b%2Fc%3Ad@postgres" in database_url("coder", "a@b/c:d")


@pytest.mark.parametrize("protect", [True, False])
def test_the_volumes_and_what_opens_them_are_protected_by_choice(protect: bool) -> None:  # noqa: FBT001 - a column
    dump: DatabaseDumpArgs = {**_DUMP, "protect_storage": protect}
    found = {**_declare(protect_storage=protect), **declare(lambda: DatabaseDump("database-dump", dump))}
    expected = {"database-pvc", "database-password", "database-dump-pvc"} if protect else set()
    assert {name for name, entry in found.items() if entry.protect} == expected


def test_the_pods_pass_the_restricted_standard_and_the_platforms_rule() -> None:
    stateful_set = build_stateful_set("coder", image="postgres:15.14", resources=_RESOURCES)
    manifests = [("StatefulSet", stateful_set), *_jobs()]
    for kind, manifest in manifests:
        group = "apps" if kind == "StatefulSet" else "batch"
        assert broken_rules(f"kubernetes:{group}/v1:{kind}", manifest) == []
        spec = manifest["spec"].get("jobTemplate", manifest)["spec"]["template"]["spec"]
        (container,) = spec["containers"]
        assert spec["securityContext"]["runAsNonRoot"] is True
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert spec["automountServiceAccountToken"] is False
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }


def test_the_jobs_environment_is_what_the_job_reads() -> None:
    for _, manifest in _jobs():
        (container,) = manifest["spec"].get("jobTemplate", manifest)["spec"]["template"]["spec"]["containers"]
        settings = read_settings(DatabaseSettings, {entry["name"]: entry["value"] for entry in container["env"]})
        assert (settings.host, settings.port, settings.user, settings.database) == ("postgres", 5432, "coder", "coder")
        assert settings.keep == 7
        mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
        assert str(settings.directory) == mounts["dumps"]
        assert str(settings.password_file) == f"{mounts['secret']}/password"


def test_before_another_version_there_is_a_dump_that_may_find_nothing_yet() -> None:
    found = declare(lambda: DatabaseDump("database-dump", _DUMP))
    job = found["database-dump-before-2.36.3"]
    assert job.inputs["metadata"]["name"] == "coder-pre-upgrade-dump-2.36.3"
    (container,) = job.inputs["spec"]["template"]["spec"]["containers"]
    assert container["args"] == ["dump-database", "--unless-empty"]
    assert "database-dump-pvc" in job.depends_on


def test_two_dumps_are_never_made_at_once_by_the_schedule() -> None:
    spec = build_dump_cron_job("coder", schedule="30 2 * * *", image="tools:1", keep=7)["spec"]
    assert (spec["schedule"], spec["concurrencyPolicy"], spec["timeZone"]) == ("30 2 * * *", "Forbid", "Etc/UTC")
