import base64
from collections.abc import Callable
from typing import Any

import pytest

from components.reaper import Reaper, ReaperArgs
from components.reaper_manifests import (
    TOKEN_SECRET,
    build_cron_job,
    build_role,
    build_role_binding,
    build_service_account,
    build_token_secret,
)
from jobs.environment import read_secret, read_settings
from jobs.reaper.settings import ReaperSettings
from tests.support.pack_verdict import broken_rules
from tests.support.recording import Registered, declare

_ARGS: ReaperArgs = {
    "namespace": "coder",
    "workspace_namespace": "coder-workspace",
    "image": "registry.example.com/spt-flow/platform-tools:0.1.0",
    "schedule": "*/5 * * * *",
    "coder_url": "http://coder.coder.svc.cluster.local",
    "token": "canary-of-a-token",
    "templates": ["spt-flow-ci"],
    "ttl_minutes": 30,
    "grace_hours": 24,
    "dry_run": True,
}


def _declare(args: ReaperArgs = _ARGS) -> dict[str, Registered]:
    return declare(lambda: Reaper("reaper", args))


def _cron_job(args: ReaperArgs = _ARGS) -> dict[str, Any]:
    return _declare(args)["reaper-cronjob"].inputs


def _pod(args: ReaperArgs = _ARGS) -> dict[str, Any]:
    spec: dict[str, Any] = _cron_job(args)["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    return spec


def _variables(args: ReaperArgs = _ARGS) -> dict[str, str]:
    return {entry["name"]: entry["value"] for entry in _pod(args)["containers"][0]["env"]}


def test_manifests(golden: Callable[[str, Any], None]) -> None:
    golden(
        "reaper",
        [
            build_service_account("coder"),
            build_role("coder-workspace"),
            build_role_binding("coder", "coder-workspace"),
            build_token_secret("coder", "Z2VuZXJhdGVk"),
            build_cron_job("coder", image="x:1", schedule="*/5 * * * *", settings={"CODER_URL": "http://coder"}),
        ],
    )


def test_everything_is_registered_as_built_under_the_component() -> None:
    found = _declare()
    assert {entry.name: entry.type for entry in found.values()} == {
        "reaper": "spt-flow:index:Reaper",
        "reaper-account": "kubernetes:core/v1:ServiceAccount",
        "reaper-role": "kubernetes:rbac.authorization.k8s.io/v1:Role",
        "reaper-role-binding": "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
        "reaper-token": "kubernetes:core/v1:Secret",
        "reaper-cronjob": "kubernetes:batch/v1:CronJob",
    }
    assert all(entry.parent == "reaper" for name, entry in found.items() if name != "reaper")
    built = {
        "reaper-account": build_service_account("coder"),
        "reaper-role": build_role("coder-workspace"),
        "reaper-role-binding": build_role_binding("coder", "coder-workspace"),
    }
    for name, manifest in built.items():
        assert found[name].inputs == manifest, name
    assert {"reaper-token", "reaper-account", "reaper-role-binding"} <= found["reaper-cronjob"].depends_on


def test_the_token_is_a_secret_and_in_a_file_only() -> None:
    found = _declare()
    secret = found["reaper-token"]
    assert secret.inputs["data"] == {"token": base64.b64encode(b"canary-of-a-token").decode()}
    assert any(path.startswith("data") for path in secret.secrets)
    assert "canary" not in str([entry.inputs for name, entry in found.items() if name != "reaper-token"])
    (volume,) = _pod()["volumes"]
    assert volume["secret"]["secretName"] == secret.inputs["metadata"]["name"] == TOKEN_SECRET
    (mount,) = _pod()["containers"][0]["volumeMounts"]
    assert _variables()["CODER_SESSION_TOKEN_FILE"] == f"{mount['mountPath']}/{next(iter(secret.inputs['data']))}"
    assert mount["readOnly"] is True


def test_the_job_understands_its_environment() -> None:
    args: ReaperArgs = {**_ARGS, "templates": ["one", "two"], "grace_hours": 3, "dry_run": False}
    settings = read_settings(ReaperSettings, _variables({**args, "pushgateway_url": "http://gateway:9091"}))
    assert settings.templates == ("one", "two")
    assert settings.default_ttl.total_seconds() == 1800
    assert settings.grace.total_seconds() == 3 * 3600
    assert (settings.namespace, settings.dry_run) == ("coder-workspace", False)
    assert str(settings.pushgateway_url) == "http://gateway:9091/"
    assert settings.token_file is not None
    known = {field.alias for field in ReaperSettings.model_fields.values()}
    assert set(_variables()) <= known
    with pytest.raises(Exception, match="cannot be read"):
        read_secret(settings.token, settings.token_file, variable="CODER_SESSION_TOKEN")


def test_runs_never_overlap_hang_or_pile_up() -> None:
    spec = _cron_job()["spec"]
    assert spec["concurrencyPolicy"] == "Forbid"
    assert spec["timeZone"] == "Etc/UTC"
    assert spec["startingDeadlineSeconds"] < 300
    job = spec["jobTemplate"]["spec"]
    assert job["backoffLimit"] == 0
    assert job["template"]["spec"]["restartPolicy"] == "Never"
    # The wait for deletions ends before the job is ended.
    assert float(_variables()["REAPER_WAIT_SECONDS"]) < job["activeDeadlineSeconds"]


def test_the_pod_passes_the_restricted_standard_and_the_platforms_own_rule() -> None:
    (container,) = _pod()["containers"]
    assert _pod()["securityContext"]["runAsNonRoot"] is True
    assert _pod()["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert not any("hostPath" in volume for volume in _pod()["volumes"])
    assert broken_rules("kubernetes:batch/v1:CronJob", _cron_job()) == []


def test_its_rights_are_volume_claims_of_the_workspaces_and_nothing_else() -> None:
    role, binding = build_role("coder-workspace"), build_role_binding("coder", "coder-workspace")
    assert role["rules"] == [
        {"apiGroups": [""], "resources": ["persistentvolumeclaims"], "verbs": ["get", "list", "patch", "delete"]}
    ]
    assert role["metadata"]["namespace"] == binding["metadata"]["namespace"] == "coder-workspace"
    assert binding["roleRef"]["name"] == role["metadata"]["name"]
    account = build_service_account("coder")
    assert binding["subjects"] == [
        {"kind": "ServiceAccount", "name": account["metadata"]["name"], "namespace": account["metadata"]["namespace"]}
    ]
    assert _pod()["serviceAccountName"] == account["metadata"]["name"]
