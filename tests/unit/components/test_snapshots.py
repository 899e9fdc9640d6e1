import base64
import json
from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from components.network_flows import CODER
from components.network_policies import build_network_policies
from components.platform_namespaces import platform_namespaces
from components.snapshots import HomeSnapshots, HomeSnapshotsArgs
from components.snapshots_arguments import declare_snapshots, snapshots_args
from components.snapshots_manifests import (
    SNAPSHOT_CLASS,
    build_class,
    build_cluster_role,
    build_cluster_role_binding,
    build_cron_job,
    build_drill_cron_job,
    build_password_secret,
    build_repository_claim,
    build_role,
    build_role_binding,
    build_service_account,
)
from jobs.environment import read_settings
from jobs.snapshots.homes import HOME_LABEL
from jobs.snapshots.settings import SnapshotSettings
from jobs.snapshots.worker_pods import build_worker_pod
from policies.rules.home_snapshots import HOME_SNAPSHOTS
from settings import Settings, SettingsError
from tests.support.analyzer import PackAnalyzer, StackItem
from tests.support.pack_verdict import broken_rules
from tests.support.reachability import Peer, is_reachable
from tests.support.recording import Registered, declare
from tests.support.sample_settings import sample_settings

_IMAGE = f"registry.coder.svc.cluster.local:5000/spt-flow/platform-tools:0.1.0@sha256:{'c3' * 32}"
_ARGS: HomeSnapshotsArgs = {
    "namespace": "coder",
    "workspace_namespace": "coder-workspace",
    "way": "auto",
    "image": _IMAGE,
    "schedule": "17 */4 * * *",
    "drill_schedule": "47 3 1 * *",
    "keep_days": 7,
    "closed_hours": '["Mon-Fri", "09:00-17:00", "Europe/Berlin"]',
    "driver": "csi.example.com",
    "parameters": {"tier": "cold"},
    "repository": {"storage": "5Gi", "storage_class": "standard", "protect": True},
    "home_storage_class": "fast",
    "pushgateway_url": "https://pushgateway.example.com",
}


def _settings(**values: str) -> Settings:
    return sample_settings("staging", **values)


def _declare(*left_out: str, **changes: Any) -> dict[str, Registered]:  # noqa: ANN401 - any argument
    args = {key: value for key, value in {**_ARGS, **changes}.items() if key not in left_out}
    return declare(lambda: HomeSnapshots("home-snapshots", args))  # type: ignore[arg-type] # changes are of its keys


def _variables(found: dict[str, Registered], name: str = "home-snapshots-cronjob") -> dict[str, str]:
    pod = found[name].inputs["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    return {entry["name"]: entry["value"] for entry in pod["containers"][0]["env"]}


def test_manifests(golden: Callable[[str, Any], None]) -> None:
    settings = read_settings(SnapshotSettings, _variables(_declare()))
    golden(
        "snapshots",
        [
            build_class("csi.example.com", {"tier": "cold"}),
            build_repository_claim("coder-workspace", storage="5Gi", storage_class=None),
            build_password_secret("coder-workspace", "Z2VuZXJhdGVk"),
            build_service_account("coder"),
            build_role("coder-workspace", by_storage=True),
            build_role_binding("coder", "coder-workspace"),
            build_cluster_role(),
            build_cluster_role_binding("coder"),
            build_cron_job("coder", image="x:1", schedule="17 */4 * * *", settings={"SNAPSHOT_WAY": "csi"}),
            build_drill_cron_job("coder", image="x:1", schedule="47 3 1 * *", settings={"SNAPSHOT_WAY": "csi"}),
            build_worker_pod("restoring", settings, {"do": "restore", "id": "x"}, volume="home", source=None),
            build_worker_pod("comparing", settings, {"do": "compare", "before": 0}, volume="copy", source="home"),
        ],
    )


@pytest.mark.parametrize(
    ("left_out", "missing"),
    [
        ((), set()),
        (("driver",), {"home-snapshots-class", "home-snapshots-contents-role", "home-snapshots-contents-role-binding"}),
        (
            ("repository",),
            {
                "home-snapshots-repository-pvc",
                "home-snapshots-repository-password",
                "home-snapshots-repository-secret",
            },
        ),
    ],
)
def test_everything_is_registered_under_the_component(left_out: tuple[str, ...], missing: set[str]) -> None:
    found = _declare(*left_out)
    everything = {
        "home-snapshots": "HomeSnapshots",
        "home-snapshots-account": "ServiceAccount",
        "home-snapshots-role": "Role",
        "home-snapshots-role-binding": "RoleBinding",
        "home-snapshots-contents-role": "ClusterRole",
        "home-snapshots-contents-role-binding": "ClusterRoleBinding",
        "home-snapshots-class": "VolumeSnapshotClass",
        "home-snapshots-repository-pvc": "PersistentVolumeClaim",
        "home-snapshots-repository-password": "RandomPassword",
        "home-snapshots-repository-secret": "Secret",
        "home-snapshots-cronjob": "CronJob",
        "home-snapshots-drill-cronjob": "CronJob",
    }
    expected = {name: kind for name, kind in everything.items() if name not in missing}
    assert {entry.name: entry.type.rpartition(":")[2] for entry in found.values()} == expected
    assert {entry.parent for name, entry in found.items() if name != "home-snapshots"} == {"home-snapshots"}
    before = {name for name in expected if name.endswith(("-class", "-pvc", "-secret", "-binding", "-account"))}
    assert before <= found["home-snapshots-cronjob"].depends_on
    assert before <= found["home-snapshots-drill-cronjob"].depends_on


def test_the_class_retains_and_is_declared_as_the_api_has_it() -> None:
    made = _declare()["home-snapshots-class"]
    assert made.type == "kubernetes:snapshot.storage.k8s.io/v1:VolumeSnapshotClass"
    assert made.inputs == build_class("csi.example.com", {"tier": "cold"})
    assert (made.inputs["deletionPolicy"], made.inputs["driver"]) == ("Retain", "csi.example.com")
    assert "spec" not in made.inputs


def test_volume_and_password_are_protected_and_the_password_is_nowhere_in_clear() -> None:
    found = _declare()
    assert found["home-snapshots-repository-pvc"].protect
    assert found["home-snapshots-repository-password"].protect
    open_one: dict[str, Any] = {"storage": "5Gi", "protect": False}
    assert not _declare(repository=open_one)["home-snapshots-repository-pvc"].protect
    secret = found["home-snapshots-repository-secret"]
    assert secret.inputs["data"] == {"password": base64.b64encode(b"generated-password").decode()}
    assert any(path.startswith("data") for path in secret.secrets)
    others = [entry.inputs for name, entry in found.items() if name != "home-snapshots-repository-secret"]
    assert "generated-password" not in str(others)


def test_the_jobs_understand_their_environment() -> None:
    found = _declare()
    assert _variables(found) == _variables(found, "home-snapshots-drill-cronjob")
    assert set(_variables(found)) <= {field.alias for field in SnapshotSettings.model_fields.values()}
    settings = read_settings(SnapshotSettings, _variables(found))
    assert (settings.namespace, settings.way, settings.class_name) == ("coder-workspace", "auto", SNAPSHOT_CLASS)
    assert settings.repository_claim == found["home-snapshots-repository-pvc"].inputs["metadata"]["name"]
    assert settings.password_secret == found["home-snapshots-repository-secret"].inputs["metadata"]["name"]
    assert (settings.keep_days, settings.storage_class, settings.image) == (7, "fast", _IMAGE)
    assert settings.closed_hours is not None
    assert settings.closed_hours.zone.key == "Europe/Berlin"
    assert read_settings(SnapshotSettings, _variables(_declare("driver", "repository"))).class_name is None


def test_runs_never_overlap_and_one_is_over_before_the_next() -> None:
    found = _declare()
    spec = found["home-snapshots-cronjob"].inputs["spec"]
    assert (spec["concurrencyPolicy"], spec["timeZone"], spec["suspend"]) == ("Forbid", "Etc/UTC", False)
    assert spec["jobTemplate"]["spec"]["activeDeadlineSeconds"] < 4 * 3600


def test_rights_are_those_on_volumes_and_pods_of_the_workspaces_and_no_more() -> None:
    found = _declare()
    by_resource = {
        (group, resource): set(rule["verbs"])
        for name in ("home-snapshots-role", "home-snapshots-contents-role")
        for rule in found[name].inputs["rules"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
    }
    own = {"get", "list", "create", "delete"}
    assert by_resource == {
        ("", "persistentvolumeclaims"): own,
        ("", "pods"): own,
        ("", "pods/log"): {"get"},
        ("snapshot.storage.k8s.io", "volumesnapshots"): {*own, "patch"},
        ("snapshot.storage.k8s.io", "volumesnapshotclasses"): {"get"},
        ("snapshot.storage.k8s.io", "volumesnapshotcontents"): {"get", "patch"},
    }
    assert found["home-snapshots-role"].inputs["metadata"]["namespace"] == "coder-workspace"
    without = _declare("driver")["home-snapshots-role"].inputs["rules"]
    assert "snapshot" not in str(without)


@pytest.mark.parametrize("stack", ["dev", "prod", "staging"])
def test_the_policy_pack_has_nothing_to_say(stack: str) -> None:
    # The lab makes the image on the machine, and its volumes are of one class; elsewhere the default class is taken.
    own: dict[str, Any] = {"repository": {"storage": "5Gi", "protect": True}}
    if stack == "dev":
        local: dict[str, Any] = {"storage": "5Gi", "storage_class": "local-path", "protect": False}
        own = {"image": "localhost/spt-flow/platform-tools:0.1.0", "repository": local}
    items = [StackItem(each.type, each.sent, each.name, each.protect, each.parent) for each in _declare(**own).values()]
    analyzer = PackAnalyzer.of_stack(stack)
    assert analyzer.analyze_everything(items) == []


def test_the_rule_about_home_snapshots_asks_for_this_very_job() -> None:
    job = _declare()["home-snapshots-cronjob"].inputs
    name = f"CronJob {job['metadata']['namespace']}/{job['metadata']['name']}"
    assert name == HOME_SNAPSHOTS.properties["schedule"]["default"]
    assert broken_rules("kubernetes:batch/v1:CronJob", job) == []


def test_a_worker_is_root_with_rights_on_files_alone_and_reads_what_it_need_not_write() -> None:
    settings = read_settings(SnapshotSettings, _variables(_declare()))
    pod = build_worker_pod("x", settings, {"do": "take", "uid": "u"}, volume="home", source=None)
    (container,) = pod["spec"]["containers"]
    assert container["securityContext"]["capabilities"] == {
        "drop": ["ALL"],
        "add": ["CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID"],
    }
    assert container["securityContext"]["allowPrivilegeEscalation"] is False
    assert pod["spec"]["automountServiceAccountToken"] is False
    mounts = {mount["name"]: mount.get("readOnly") for mount in container["volumeMounts"]}
    assert mounts == {"volume": True, "repository": False, "password": True, "tmp": None}
    assert HOME_LABEL not in pod["metadata"]["labels"]


def test_settings_become_arguments() -> None:
    assert snapshots_args(_settings()) is None
    assert declare(lambda: declare_snapshots(_settings(), pulumi.ResourceOptions())) == {}
    args = snapshots_args(_settings(homeSnapshots="csi", snapshotDriver="csi.example.com", snapshotKeepDays="14"))
    assert args is not None
    assert (args["driver"], args["keep_days"], args["namespace"]) == ("csi.example.com", 14, "coder")
    assert "repository" not in args
    args = snapshots_args(
        _settings(
            homeSnapshots="files",
            snapshotDriver="csi.example.com",
            snapshotRepositoryStorage="9Gi",
            snapshotRepositoryStorageClass="standard",
            workspaceStorageClass="fast",
            reaperPushgatewayUrl="https://pushgateway.example.com",
            businessTimeZone="Europe/Berlin",
        )
    )
    assert args is not None
    assert "driver" not in args
    assert args["repository"] == {"storage": "9Gi", "storage_class": "standard", "protect": True}
    assert args["home_storage_class"] == "fast"
    assert json.loads(args["closed_hours"]) == ["Mon-Fri", "09:00-17:00", "Europe/Berlin"]
    always = snapshots_args(_settings(homeSnapshots="files", maintenanceWindow="any"))
    assert always is not None
    assert always["closed_hours"] == ""
    both = snapshots_args(_settings(homeSnapshots="auto", snapshotDriver="csi.example.com"))
    assert both is not None
    assert {"driver", "repository"} <= set(both)


def test_snapshots_by_storage_need_a_driver() -> None:
    with pytest.raises(SettingsError, match="homeSnapshots is csi, and that needs a driver"):
        _settings(homeSnapshots="csi")
    with pytest.raises(SettingsError, match="homeSnapshots"):
        _settings(homeSnapshots="sometimes")


@pytest.mark.parametrize(
    ("values", "api_server", "outside"),
    [
        ({}, False, False),
        ({"homeSnapshots": "files"}, True, False),
        ({"homeSnapshots": "files", "reaperPushgatewayUrl": "https://pushgateway.example.com"}, True, True),
        ({"reaperPushgatewayUrl": "https://pushgateway.example.com"}, False, False),
    ],
)
def test_the_jobs_may_talk_to_what_they_need(values: dict[str, str], *, api_server: bool, outside: bool) -> None:
    coder = next(each for each in platform_namespaces(_settings(**values)) if each["namespace"] == CODER)
    policies = build_network_policies(CODER, coder["flows"])
    for name in ("home-snapshots", "home-snapshot-drill"):
        job = Peer(CODER, {"app.kubernetes.io/name": name})
        assert is_reachable(policies, job, Peer(address="10.0.0.5"), "TCP", 6443) == api_server
        assert is_reachable(policies, job, Peer(address="203.0.113.9"), "TCP", 443) == outside
